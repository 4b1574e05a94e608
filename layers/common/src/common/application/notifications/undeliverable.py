"""Mails that did not arrive, or that somebody called spam: the account says so, and its person is told another way.

SES tells of it by EventBridge, whose rules write these events into the queue of notifications (``template.yaml``).
"""

from common.application.notifications.deps import DeliveryDeps
from common.application.notifications.live import show_entry
from common.domain.identity.users import MailProblem, MailTrouble, User
from common.domain.notifications.inbox import InboxEntry
from common.domain.shared.emails import parse_email
from common.domain.shared.errors import InvalidInput
from common.domain.shared.events import Event
from common.domain.shared.ids import id_of
from common.domain.shared.notification_kinds import Kind

UNDELIVERABLE = "mail.undeliverable"

_SENTENCES = {
    MailTrouble.BOUNCED: ("Mails to you do not arrive", "The server of your address has refused our mail for good"),
    MailTrouble.COMPLAINED: (
        "You get no more mails from us",
        "One of our mails was reported as spam from your address",
    ),
}
_WHAT_FOLLOWS = (
    "so we send none of your notifications there. Give us another address, or reset your password by mail once this "
    "one takes our mails again."
)


async def note_undeliverable(deps: DeliveryDeps, event: Event) -> None:
    """Remember with the account that mails do not reach it, and tell its person in the inbox, once of each trouble.

    An address without an account, such as one that somebody mistyped, is nobody's trouble; SES sends it nothing more.
    Nor is what no account can have as its address.

    Args:
        deps: ports.
        event: names the ``address`` and the ``kind`` of trouble.

    Raises:
        Unavailable: the database is unavailable; deliver the event again.
    """
    try:
        address = parse_email(str(event.payload["address"]))
    except InvalidInput:
        return
    user = await deps.links.users.find_by_email_key(address.key)
    kind = MailTrouble(event.payload["kind"])
    if user is None or user.deleted_at is not None or _is_known(user, kind):
        return
    now = deps.clock.now()
    title, body = _SENTENCES[kind]
    entry = InboxEntry(
        id=id_of("ntf", event.created_at, event.id),
        user_id=user.id,
        kind=Kind.ACCOUNT,
        type=UNDELIVERABLE,
        title=title,
        body=f"{body}, {_WHAT_FOLLOWS}",
        created_at=now,
    )
    await deps.notifications.insert(entry)
    await deps.links.users.update(user.id, {"mail_problem": MailProblem(kind=kind, since=now), "updated_at": now})
    await show_entry(deps, entry)


def _is_known(user: User, kind: MailTrouble) -> bool:
    return user.mail_problem is not None and user.mail_problem.kind is kind
