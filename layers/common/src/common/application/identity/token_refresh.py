"""Refresh tokens rotate, so that the use of a stolen one is noticed (RFC 9700 section 4.14.2)."""

from common.application.identity.deps import AuthDeps
from common.application.identity.records import log_event
from common.application.identity.sessions import TokenPair, end_session, make_refresh_token, pair_of, refuse_suspended
from common.domain.identity.clients import ClientInfo
from common.domain.identity.security_events import SecurityEventType
from common.domain.identity.sessions import REFRESH_GRACE, RefreshToken, Session
from common.domain.shared.errors import Unauthenticated
from common.domain.shared.opaque_tokens import digest, new_token, seal, unseal


async def refresh(deps: AuthDeps, token: str, client: ClientInfo) -> TokenPair:
    """Trade a refresh token for the next pair.

    The first use decides the successor and seals it under the token itself. A second use within ten seconds by the
    same program, as when two tabs wake up together, gets that same successor; both then hold one chain. Any later use
    is a replay: somebody else has had the token, so the whole family ends, the thief's part and the owner's alike, with
    the access tokens of both.

    Raises:
        Unauthenticated: the token is unknown, expired, revoked or replayed.
        Forbidden: the account is suspended.
    """
    now = deps.clock.now()
    stored = await deps.sessions.find_token(digest(token))
    if stored is None or stored.expires_at <= now:
        raise _refused()
    session = await deps.sessions.get(stored.session_id)
    user = await deps.users.get(stored.user_id)
    if session is None or user is None or user.deleted_at is not None or not session.is_live(now):
        raise _refused()
    refuse_suspended(user)
    successor = await _successor(deps, token, stored, session, client)
    await deps.sessions.insert_token(make_refresh_token(user, session, successor, deps))
    await deps.sessions.touch(session.id, now)
    return pair_of(deps, user, session, successor)


async def _successor(deps: AuthDeps, token: str, stored: RefreshToken, session: Session, client: ClientInfo) -> str:
    """The token that follows: a new one at the first use, the same one within the grace."""
    now = deps.clock.now()
    fresh = new_token()
    if stored.used_at is None and await deps.sessions.use_token(stored.id, seal(fresh, key=token), now):
        return fresh
    used = await deps.sessions.find_token(stored.id)
    is_twin = (
        used is not None
        and used.used_at is not None
        and used.sealed_successor is not None
        and now - used.used_at <= REFRESH_GRACE
        and client.user_agent == session.user_agent
    )
    if used is not None and used.sealed_successor is not None and is_twin:
        return unseal(used.sealed_successor, key=token)

    async def end() -> None:
        await end_session(deps, session.user_id, session.id, "refresh_replayed")
        await log_event(deps, SecurityEventType.REFRESH_REPLAYED, session.user_id, client, session_id=session.id)

    await deps.unit_of_work.run(end)
    raise _refused()


def _refused() -> Unauthenticated:
    return Unauthenticated("Sign in again.", code="invalid_refresh_token")
