"""Forgotten passwords, and changing a known one."""

from common.application.auth.deps import AuthDeps
from common.application.auth.records import log_event, mail_event, publish
from common.application.auth.registration import invalid_code, request_link
from common.application.auth.sessions import refuse_suspended
from common.domain.emails import parse_email
from common.domain.errors import Forbidden, NotFound, RateLimited
from common.domain.identity import ClientInfo, MailPurpose, SecurityEventType
from common.domain.opaque_tokens import digest
from common.domain.passwords import check_password, normal_form
from common.domain.roles import Principal
from common.domain.users import User

_FREE_TRIES = 5


async def forgot_password(deps: AuthDeps, email: str) -> None:
    """Have a reset link mailed, if the address has an account.

    Raises:
        InvalidInput: no usable address.
        RateLimited: the address has had enough mails for now.
    """
    await request_link(deps, parse_email(email), MailPurpose.RESET_PASSWORD)


async def reset_password(deps: AuthDeps, token: str, password: str, client: ClientInfo) -> None:
    """Set a new password with a mailed code, and end every sign-in at once.

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
        if not user.is_verified:
            await deps.credentials.remove_all(user.id)
            await deps.registrations.remove_all(user.email_key)
        await deps.credentials.set_password(user.id, password_hash, now)
        await deps.sessions.revoke_all(user.id, "password_reset", now)
        await deps.mail_tokens.remove_all(user.email_key)
        await log_event(deps, SecurityEventType.PASSWORD_RESET, user.id, client)
        fields = {"is_verified": True, "requires_password_setup": False, "updated_at": now}
        return await deps.users.update(user.id, fields, end_sessions=True)

    user = await deps.unit_of_work.run(write)
    if user is None:
        raise invalid_code()
    await _tell_owner(deps, user.id)


async def change_password(
    deps: AuthDeps, caller: Principal, current: str | None, password: str, client: ClientInfo
) -> None:
    """Set the first password, or change it knowing the present one; every other sign-in ends.

    Raises:
        Forbidden: the present password is wrong or missing.
        InvalidInput: the new password is not accepted.
        RateLimited: too many wrong guesses.
    """
    user = await deps.users.get(caller.user_id)
    if user is None:
        raise NotFound("There is no such account.")
    accepted = check_password(password, email=user.email_key, field="new_password")
    credential = await deps.credentials.password_of(user.id)
    if credential is not None:
        await _check_current(deps, user, current or "", credential.password_hash)
    password_hash = await deps.passwords.hash(accepted)
    now = deps.clock.now()

    async def write() -> None:
        # Checking and hashing take time, in which the owner may have reset the password: then this one is not current.
        stored = await deps.credentials.password_of(user.id)
        if (stored and stored.password_hash) != (credential and credential.password_hash):
            raise _wrong_password()
        await deps.credentials.set_password(user.id, password_hash, now)
        await deps.sessions.revoke_all(user.id, "password_changed", now, but=caller.session_id)
        await deps.users.update(user.id, {"requires_password_setup": False, "updated_at": now})
        await log_event(deps, SecurityEventType.PASSWORD_CHANGED, user.id, client, session_id=caller.session_id)

    await deps.unit_of_work.run(write)
    await _tell_owner(deps, user.id)


async def _check_current(deps: AuthDeps, user: User, current: str, password_hash: str) -> None:
    """A stolen access token must not be a way to guess the password."""
    now = deps.clock.now()
    key = f"password:{user.id}"
    if wait := await deps.guard.begin_try({key: _FREE_TRIES}, now):
        detail = "Too many wrong passwords; wait before the next try."
        raise RateLimited(detail, retry_after=wait, limit=_FREE_TRIES)
    if not await deps.passwords.verify(normal_form(current), password_hash):
        raise _wrong_password()
    await deps.guard.clear([key])


def _wrong_password() -> Forbidden:
    return Forbidden("The present password is wrong.", code="wrong_password")


async def _tell_owner(deps: AuthDeps, user_id: str) -> None:
    event = mail_event(deps, "password_changed", user_id)
    await deps.outbox.add([event])
    await publish(deps, [event])
