"""Anyone who proves to own a mail address owns its account, and inherits nothing a stranger set up on it."""

from common.application.identity.calendar_feeds import end_feeds
from common.application.identity.deps import AuthDeps
from common.application.identity.records import log_event
from common.application.identity.sessions import close_sockets
from common.domain.identity.clients import ClientInfo
from common.domain.identity.credentials import ExternalIdentity
from common.domain.identity.security_events import SecurityEventType
from common.domain.identity.users import User
from common.domain.shared.emails import EmailAddress
from common.domain.shared.ids import new_id


async def own_address(
    deps: AuthDeps,
    address: EmailAddress,
    client: ClientInfo,
    *,
    password_hash: str | None = None,
    identity: ExternalIdentity | None = None,
) -> User:
    """The account of a proven address: made new, or claimed, or simply found if it was proven before.

    Call it inside a unit of work. A new or claimed account takes over the given password and identity; one that was
    proven before keeps its own.

    Args:
        deps: ports.
        address: the proven address.
        client: where the proof comes from.
        password_hash: what was set up together with this very proof.
        identity: the external identity that proves the address or was set up with it.
    """
    user = await deps.users.find_by_email_key(address.key)
    await deps.registrations.delete_by_address(address.key)
    if user is not None and user.is_verified:
        return user
    has_own_way_in = password_hash is not None or identity is not None
    if user is None:
        user = await _make(deps, address, client, needs_password=not has_own_way_in, by_oauth=identity is not None)
    else:
        user = await _claim(deps, user, client, needs_password=not has_own_way_in, by_oauth=identity is not None)
    if password_hash:
        await deps.credentials.set_password(user.id, password_hash, deps.clock.now())
    if identity:
        await deps.credentials.link(user.id, identity, deps.clock.now())
    return user


async def _make(
    deps: AuthDeps, address: EmailAddress, client: ClientInfo, *, needs_password: bool, by_oauth: bool
) -> User:
    now = deps.clock.now()
    user = User(
        id=new_id("usr", now),
        email=address.text,
        email_key=address.key,
        is_verified=True,
        is_oauth_registered=by_oauth,
        requires_password_setup=needs_password,
        created_at=now,
        updated_at=now,
    )
    await deps.users.insert(user)
    await log_event(deps, SecurityEventType.VERIFIED, user.id, client)
    return user


async def _claim(deps: AuthDeps, user: User, client: ClientInfo, *, needs_password: bool, by_oauth: bool) -> User:
    """Revoke everything that was set up before, then hand the account over."""
    now = deps.clock.now()
    await deps.credentials.delete_by_user(user.id)
    await deps.factors.delete_by_user(user.id)
    await deps.sessions.revoke_by_user(user.id, "claimed", now)
    # Rare enough for the sweep of the outbox to publish it; nothing goes over these sockets from now on.
    await close_sockets(deps, user.id)
    await end_feeds(deps, user)
    await deps.mail_tokens.delete_by_address(user.email_key)
    await deps.mail_tokens.delete_by_user(user.id)
    await log_event(deps, SecurityEventType.CLAIMED, user.id, client)
    fields = {
        "is_verified": True,
        "is_oauth_registered": by_oauth,
        "is_provisional": user.is_provisional and needs_password,
        "requires_password_setup": needs_password,
        "factor_kinds": [],
        "updated_at": now,
    }
    return await deps.users.update(user.id, fields, end_sessions=True)
