"""Changing an account's mail address: asked for after a recent sign-in, done with a code mailed to the new address.

No answer tells whether the new address has an account: it is looked up by the worker that sends the mail, and again
where the code, which only the address's owner has, is used.
"""

from typing import Any

from common.application.identity.deps import AuthDeps
from common.application.identity.ended_sockets import ended_sockets
from common.application.identity.recent_sign_in import require_recent_sign_in
from common.application.identity.records import (
    LINK_REQUESTED,
    MAIL_REQUESTED,
    limit_mails,
    log_event,
    mail_event,
    publish,
)
from common.application.identity.registration import invalid_code
from common.application.identity.sessions import end_other_sessions, refuse_suspended
from common.domain.identity.clients import ClientInfo
from common.domain.identity.mailed_codes import MailPurpose
from common.domain.identity.roles import Principal
from common.domain.identity.security_events import SecurityEventType
from common.domain.identity.users import User
from common.domain.shared.emails import parse_email
from common.domain.shared.errors import InvalidInput, NotFound
from common.domain.shared.events import Event, Topic, new_event
from common.domain.shared.opaque_tokens import digest

#: What else follows: the worker carries the new address over to Stripe.
EMAIL_CHANGED = "account.email_changed"


async def request_change(deps: AuthDeps, caller: Principal, email: str, client: ClientInfo) -> None:
    """Have a code mailed to the new address, and a notice to the present one.

    Raises:
        Forbidden: the sign-in is not recent (``recent_sign_in_required``).
        InvalidInput: no usable address, or the present one (``email_unchanged``).
        RateLimited: the address has had enough mails for now.
    """
    require_recent_sign_in(deps, caller)
    address = parse_email(email)
    user = await deps.users.get(caller.user_id)
    if user is None:
        raise NotFound("There is no such account.")
    if address.text == user.email:
        raise InvalidInput.of("email", "This is the account's address already.", "email_unchanged")
    await limit_mails(deps, MailPurpose.CHANGE_EMAIL.value, address.key)
    payload: dict[str, Any] = {"purpose": MailPurpose.CHANGE_EMAIL.value, "email": address.text, "user_id": user.id}
    events = [
        new_event(Topic.NOTIFICATIONS, LINK_REQUESTED, deps.clock.now(), **payload),
        mail_event(deps, "email_change_requested", user.id),
    ]

    async def write() -> None:
        await log_event(deps, SecurityEventType.EMAIL_CHANGE_REQUESTED, user.id, client, session_id=caller.session_id)
        await deps.outbox.insert(events)

    await deps.unit_of_work.run(write)
    await publish(deps, events)


async def confirm_change(deps: AuthDeps, caller: Principal, token: str, client: ClientInfo) -> User:
    """Use the mailed code: the account has the new address from now on.

    Every other sign-in ends, and so does every code that was mailed to either address. The old address is told.

    Raises:
        InvalidInput: the code is unknown, expired, used, or another account's.
        Conflict: the address has an account by now (``email_taken``); the code lives on.
        Forbidden: the account is suspended.
    """
    now = deps.clock.now()
    told: list[Event] = []

    async def write() -> User:
        code = await deps.mail_tokens.take(digest(token), (MailPurpose.CHANGE_EMAIL,), now)
        user = await deps.users.get(caller.user_id)
        if code is None or user is None or code.user_id != user.id:
            raise invalid_code()
        refuse_suspended(user)
        address = {
            "email": code.email,
            "email_key": code.email_key,
            "is_verified": True,
            "mail_problem": None,
            "updated_at": now,
        }
        changed = await deps.users.update(user.id, address)
        await deps.registrations.delete_by_address(code.email_key)
        await deps.mail_tokens.delete_by_address(code.email_key)
        await deps.mail_tokens.delete_by_address(user.email_key)
        await deps.mail_tokens.delete_by_user(user.id)
        await end_other_sessions(deps, user.id, "email_changed", but=caller.session_id)
        await log_event(deps, SecurityEventType.EMAIL_CHANGED, user.id, client, session_id=caller.session_id)
        told[:] = [_word(deps, user.email), _for_stripe(deps, changed)]
        told.extend(await ended_sockets(deps.sessions, user.id, now))
        await deps.outbox.insert(told)
        return changed

    user = await deps.unit_of_work.run(write)
    await publish(deps, told)
    return user


def _word(deps: AuthDeps, address: str) -> Event:
    """A notice to an address that no account has any more."""
    now = deps.clock.now()
    return new_event(Topic.NOTIFICATIONS, MAIL_REQUESTED, now, template="email_changed", to=address, data={})


def _for_stripe(deps: AuthDeps, user: User) -> Event:
    return new_event(Topic.PAYMENTS, EMAIL_CHANGED, deps.clock.now(), user_id=user.id)
