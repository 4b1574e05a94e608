"""Notifying one person of one thing: an inbox entry, a mail and a push message, each at most once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from common.application.notifications.deps import DeliveryDeps
from common.application.notifications.live import show_entry
from common.application.ports.notifications.mail import MailRefused, MailStatus, RenderedMail
from common.application.ports.notifications.push import PushMessage, PushOutcome
from common.application.ports.notifications.unsubscribe import Unsubscription
from common.domain.identity.users import User
from common.domain.notifications.inbox import Channel, InboxEntry
from common.domain.shared.errors import Unavailable
from common.domain.shared.events import Event
from common.domain.shared.notification_kinds import Kind


@dataclass(frozen=True)
class Message:
    """What somebody is notified of.

    Args:
        event: what happened.
        kind: what it is about; people choose channels by kind.
        template: of the mail, whose subject and first paragraph are the inbox entry.
        data: what the template shows.
        url: where a push message leads.
        calendar: what the mail does to the reader's calendar; nothing without.
        about: what the inbox entry names for clients to fetch, beside the event's booking.
    """

    event: Event
    kind: Kind
    template: str
    data: Mapping[str, Any]
    url: str
    calendar: Callable[[str], tuple[str, str]] | None = None
    about: Mapping[str, str] = field(default_factory=dict)


async def dispatch(deps: DeliveryDeps, message: Message, user: User, mark: str) -> None:
    """Notify a person, by the channels they want.

    Args:
        deps: ports.
        message: what.
        user: whom; a deleted account is left alone.
        mark: tells entries of one event apart.

    Raises:
        Unavailable: the mail service or the database is unavailable; deliver the event again.
    """
    if user.deleted_at is not None:
        return
    event = message.event
    mail = deps.renderer.render(message.template, {**message.data, "reader": user.greeted_as})
    entry = InboxEntry(
        id=f"ntf_{event.id.removeprefix('evt_')}{mark}",
        user_id=user.id,
        kind=message.kind,
        type=event.type,
        title=mail.subject,
        body=mail.summary,
        created_at=event.created_at,
        **{"booking_id": event.booking_id, **message.about},
    )
    await deps.notifications.insert(entry)
    await show_entry(deps, entry)
    preferences = await deps.preferences.get(user.id)
    if preferences.wants(message.kind, Channel.EMAIL) and _may_be_mailed(user, message.kind):
        await send_mail(deps, event, message.template, user.email, _addressed(deps, message, mail, user), user.id)
    if preferences.wants(message.kind, Channel.PUSH) and not preferences.is_quiet(deps.clock.now()):
        await _push(deps, entry, message.url)


def _may_be_mailed(user: User, kind: Kind) -> bool:
    """Whether mails reach the person; what is about the account itself, such as a new password, is always tried."""
    return user.mail_problem is None or kind is Kind.ACCOUNT


def _addressed(deps: DeliveryDeps, message: Message, mail: RenderedMail, user: User) -> RenderedMail:
    """The mail with what goes to this reader alone: the calendar entry, and where such mails are switched off."""
    fields: dict[str, Any] = {}
    if message.kind is not Kind.ACCOUNT:
        one_click = deps.unsubscribe_links.make(Unsubscription(user.id, message.kind))
        fields["unsubscribe_url"] = one_click or message.data["preferences_url"]
        fields["is_one_click"] = one_click is not None
    if message.calendar is not None:
        fields["calendar_method"], fields["calendar"] = message.calendar(user.email)
    return mail.model_copy(update=fields)


async def send_mail(
    deps: DeliveryDeps, event: Event, template: str, address: str, mail: RenderedMail, user_id: str | None
) -> None:
    """Send a mail, noted before it goes out, so that a repeated event sends none again.

    Raises:
        Unavailable: the mail service or the database is unavailable.
    """
    mail_id = f"{event.id}:{template}:{user_id or 'address'}"
    if not await deps.mail_log.begin(mail_id, template=template, user_id=user_id, now=deps.clock.now()):
        return
    try:
        message_id = await deps.mailer.send(address, mail)
    except MailRefused:
        await deps.mail_log.end(mail_id, MailStatus.REFUSED, None, deps.clock.now())
        return
    except Unavailable:
        await deps.mail_log.delete(mail_id)
        raise
    await deps.mail_log.end(mail_id, MailStatus.SENT, message_id, deps.clock.now())


async def _push(deps: DeliveryDeps, entry: InboxEntry, url: str) -> None:
    """Push to each of somebody's browsers, once; a subscription that the push service has ended is forgotten.

    A browser that cannot be reached now is not tried again: the inbox has the entry.
    """
    browsers = await deps.push_subscriptions.list_by_user(entry.user_id)
    if not browsers:
        return
    mark = f"{entry.id}:push"
    if not await deps.mail_log.begin(mark, template="push", user_id=entry.user_id, now=deps.clock.now()):
        return
    message = PushMessage(tag=entry.id, title=entry.title, body=entry.body, url=url)
    outcomes = []
    for browser in browsers:
        outcome = await deps.push_sender.send(browser, message)
        outcomes.append(outcome)
        if outcome is PushOutcome.GONE:
            await deps.push_subscriptions.delete(browser.user_id, browser.endpoint)
    sent = MailStatus.SENT if PushOutcome.SENT in outcomes else MailStatus.REFUSED
    await deps.mail_log.end(mark, sent, None, deps.clock.now())
