"""Forgotten passwords, and changing a known one."""

from collections.abc import Sequence
from datetime import datetime

from common.application.identity.calendar_feeds import end_feeds
from common.application.identity.deps import AuthDeps
from common.application.identity.ended_sockets import ended_sockets
from common.application.identity.login import guard_keys
from common.application.identity.recent_sign_in import require_recent_sign_in
from common.application.identity.records import log_event, mail_event, publish
from common.application.identity.registration import invalid_code, request_link
from common.application.identity.sessions import end_other_sessions, refuse_suspended
from common.domain.identity.clients import ClientInfo
from common.domain.identity.credentials import ExternalIdentity
from common.domain.identity.mailed_codes import MailPurpose
from common.domain.identity.passwords import check_password, normal_form
from common.domain.identity.roles import Principal
from common.domain.identity.security_events import SecurityEventType
from common.domain.identity.sessions import Session
from common.domain.identity.users import User
from common.domain.shared.emails import parse_email
from common.domain.shared.errors import Forbidden, NotFound, RateLimited
from common.domain.shared.events import Event
from common.domain.shared.ids import new_id
from common.domain.shared.opaque_tokens import digest

_FREE_TRIES = 5


async def forgot_password(deps: AuthDeps, email: str) -> None:
    """Have a reset link mailed, if the address has an account.

    Raises:
        InvalidInput: no usable address.
        RateLimited: the address has had enough mails for now.
    """
    await request_link(deps, parse_email(email), MailPurpose.RESET_PASSWORD)


async def mail_sign_in(deps: AuthDeps, email: str) -> None:
    """Have a link mailed that signs in, if the address has an account.

    Raises:
        InvalidInput: no usable address.
        RateLimited: the address has had enough mails for now.
    """
    await request_link(deps, parse_email(email), MailPurpose.SIGN_IN)


async def reset_password(deps: AuthDeps, token: str, password: str, client: ClientInfo) -> None:
    """Set a new password with a mailed code, and end every sign-in and sign-in method that existed before.

    Every sign-in ends at once, and every linked sign-in elsewhere is dropped and named in the mail about it: an
    intruder may have added one. Calendar feeds end too, and the mail says so. The owner's own comes back with the next
    sign-in there. The client that did it is known from now on, and what strangers failed at is forgotten, so that they
    cannot keep the owner out.

    Raises:
        InvalidInput: the code is unknown, expired or used, or the password is not accepted; then the code lives on.
        Forbidden: the account is suspended.
    """
    password_hash = await deps.passwords.hash(check_password(password))
    now = deps.clock.now()

    async def write() -> User | None:
        code = await deps.mail_tokens.take(digest(token), (MailPurpose.RESET_PASSWORD,), now)
        user = await deps.users.get(code.user_id) if code and code.user_id else None
        if user is None or user.deleted_at is not None:
            return None
        refuse_suspended(user)
        check_password(password, email=user.email_key)
        dropped = await deps.credentials.list_identities(user.id)
        await deps.credentials.unlink_all(user.id)
        await deps.registrations.delete_by_address(user.email_key)
        await deps.credentials.set_password(user.id, password_hash, now)
        await deps.sessions.revoke_by_user(user.id, "password_reset", now)
        await deps.sessions.remember_proof(_proof(user, client, now))
        await deps.mail_tokens.delete_by_address(user.email_key)
        await deps.mail_tokens.delete_by_user(user.id)
        await log_event(deps, SecurityEventType.PASSWORD_RESET, user.id, client)
        told[:] = [_password_mail(deps, user.id, dropped, feeds_ended=await end_feeds(deps, user))]
        told.extend(await ended_sockets(deps.sessions, user.id, now))
        await deps.outbox.insert(told)
        fields = {
            "is_verified": True,
            "is_provisional": False,
            "requires_password_setup": False,
            "mail_problem": None,  # this mail has arrived
            "updated_at": now,
        }
        return await deps.users.update(user.id, fields, end_sessions=True)

    told: list[Event] = []
    user = await deps.unit_of_work.run(write)
    if user is None:
        raise invalid_code()
    await deps.guard.clear([*guard_keys(user.email_key, client), password_guard_key(user.id)])
    await publish(deps, told)


def _proof(user: User, client: ClientInfo, now: datetime) -> Session:
    """Record that a mailed code was used: it opens no sign-in, and proves that the device is the owner's."""
    return Session(
        id=new_id("ses", now),
        user_id=user.id,
        method="password_reset",
        ip=client.ip,
        user_agent=client.user_agent,
        device_hash=digest(client.device_token) if client.device_token else None,
        created_at=now,
        last_used_at=now,
        expires_at=now,
        revoked_at=now,
        revoked_because="password_reset",
    )


async def change_password(
    deps: AuthDeps, caller: Principal, current: str | None, password: str, client: ClientInfo
) -> None:
    """Set the first password, or change it knowing the present one; every other sign-in ends.

    Raises:
        Forbidden: the present password is wrong or missing, or the sign-in is not recent
            (``recent_sign_in_required``).
        InvalidInput: the new password is not accepted.
        RateLimited: too many wrong guesses.
    """
    require_recent_sign_in(deps, caller)
    user = await deps.users.get(caller.user_id)
    if user is None:
        raise NotFound("There is no such account.")
    accepted = check_password(password, email=user.email_key, field="new_password")
    credential = await deps.credentials.find_password(user.id)
    if credential is not None:
        await check_current_password(deps, user, current or "", credential.password_hash)
    password_hash = await deps.passwords.hash(accepted)
    now = deps.clock.now()

    async def write() -> None:
        # Checking and hashing take time, in which the owner may have reset the password: then this one is not current.
        stored = await deps.credentials.find_password(user.id)
        if (stored and stored.password_hash) != (credential and credential.password_hash):
            raise _wrong_password()
        await deps.credentials.set_password(user.id, password_hash, now)
        await end_other_sessions(deps, user.id, "password_changed", but=caller.session_id)
        await deps.mail_tokens.delete_by_address(user.email_key)
        await deps.mail_tokens.delete_by_user(user.id)
        fields = {"requires_password_setup": False, "is_provisional": False, "updated_at": now}
        await deps.users.update(user.id, fields)
        await log_event(deps, SecurityEventType.PASSWORD_CHANGED, user.id, client, session_id=caller.session_id)
        told[:] = [_password_mail(deps, user.id, ()), *await ended_sockets(deps.sessions, user.id, now)]
        await deps.outbox.insert(told)

    told: list[Event] = []
    await deps.unit_of_work.run(write)
    await publish(deps, told)


async def check_current_password(deps: AuthDeps, user: User, current: str, password_hash: str) -> None:
    """Check the present password; guesses are limited, so that a stolen access token cannot be used to find it.

    Raises:
        Forbidden: it is wrong (``wrong_password``).
        RateLimited: too many wrong guesses.
    """
    now = deps.clock.now()
    key = password_guard_key(user.id)
    if wait := await deps.guard.begin_try({key: _FREE_TRIES}, now):
        detail = "Too many wrong passwords; wait before the next try."
        raise RateLimited(detail, retry_after=wait, limit=_FREE_TRIES)
    if not await deps.passwords.verify(normal_form(current), password_hash):
        raise _wrong_password()
    await deps.guard.clear([key])


def _wrong_password() -> Forbidden:
    return Forbidden("The present password is wrong.", code="wrong_password")


def password_guard_key(user_id: str) -> str:
    """What wrong guesses of the present password are counted under."""
    return f"password:{user_id}"


def _password_mail(
    deps: AuthDeps, user_id: str, dropped: Sequence[ExternalIdentity], *, feeds_ended: bool = False
) -> Event:
    more = {"feeds_ended": True} if feeds_ended else {}
    return mail_event(deps, "password_changed", user_id, dropped=[_named(each) for each in dropped], **more)


def _named(identity: ExternalIdentity) -> str:
    """A linked sign-in as a mail names it: where it is, and under which address where that is known."""
    where = identity.provider.title()
    return f"{where} ({identity.email})" if identity.email else where
