"""Refresh tokens rotate, so that the use of a stolen one is noticed (RFC 9700 section 4.14.2)."""

from common.application.identity.deps import AuthDeps
from common.application.identity.records import log_event, publish
from common.application.identity.sessions import (
    TokenPair,
    close_sockets,
    end_session,
    make_refresh_token,
    pair_of,
    refuse_suspended,
)
from common.application.shared.together import together
from common.domain.identity.clients import ClientInfo
from common.domain.identity.security_events import SecurityEventType
from common.domain.identity.sessions import REFRESH_GRACE, RefreshToken, Session
from common.domain.identity.users import User
from common.domain.shared.errors import Unauthenticated
from common.domain.shared.events import Event
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
    # The account first: what ends every sign-in in between leaves no live session, and what comes later another epoch.
    user = await deps.users.get(stored.user_id)
    session = await deps.sessions.touch(stored.session_id, now)
    if session is None or user is None or user.deleted_at is not None:
        raise _refused()
    refuse_suspended(user)
    successor = await _first_successor(deps, token, stored, user, session)
    if successor is None:
        successor = await _same_successor(deps, token, stored, session, client)
        await deps.sessions.insert_token(make_refresh_token(user, session, successor, deps))
    return pair_of(deps, user, session, successor)


async def _first_successor(
    deps: AuthDeps, token: str, stored: RefreshToken, user: User, session: Session
) -> str | None:
    """A new token, where this is the first use.

    It is stored while the use is being decided: where another request wins, what was stored is a token that nobody has
    seen, and that ends as any other does.
    """
    if stored.used_at is not None:
        return None
    fresh = new_token()
    is_first, _ = await together(
        deps.sessions.use_token(stored.id, seal(fresh, key=token), deps.clock.now()),
        deps.sessions.insert_token(make_refresh_token(user, session, fresh, deps)),
    )
    return fresh if is_first else None


async def _same_successor(
    deps: AuthDeps, token: str, stored: RefreshToken, session: Session, client: ClientInfo
) -> str:
    """The token that followed at the first use, within the grace; any other use ends the family."""
    now = deps.clock.now()
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

    async def end() -> list[Event]:
        await end_session(deps, session.user_id, session.id, "refresh_replayed")
        await log_event(deps, SecurityEventType.REFRESH_REPLAYED, session.user_id, client, session_id=session.id)
        return await close_sockets(deps, session.user_id)

    await publish(deps, await deps.unit_of_work.run(end))
    raise _refused()


def _refused() -> Unauthenticated:
    return Unauthenticated("Sign in again.", code="invalid_refresh_token")
