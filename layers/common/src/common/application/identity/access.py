"""Who is calling: from a bearer token to a principal."""

from dataclasses import dataclass, replace

from common.application.ports.identity.access import AccessTokens, PrincipalReader
from common.application.ports.shared.clock import Clock
from common.domain.identity.roles import Principal, without_staff_roles
from common.domain.identity.users import User
from common.domain.shared.errors import Unauthenticated


@dataclass(frozen=True)
class AccessDeps:
    """What ``authenticate`` needs."""

    clock: Clock
    tokens: AccessTokens
    principals: PrincipalReader


async def authenticate(deps: AccessDeps, token: str) -> Principal:
    """Turn an access token into the caller, as the database says now: a suspension or a sign-out takes effect at once.

    Without a second factor in the sign-in, staff are like everybody: this is the one place that withholds their roles.

    Raises:
        Unauthenticated: the token proves nothing, or its account may not act any more.
    """
    claims = await deps.tokens.verify(token, deps.clock.now())
    principal = await deps.principals.get(claims.user_id, session_id=claims.session_id, epoch=claims.epoch)
    if principal is None:
        raise _ended()
    proven = replace(principal, signed_in_at=claims.signed_in_at, is_factor_used=claims.is_factor_used)
    return proven if proven.is_factor_used else without_staff_roles(proven)


async def authenticate_account(deps: AccessDeps, token: str) -> User:
    """Turn an access token into the caller's account by one read, for a route that answers the account itself.

    Raises:
        Unauthenticated: as for ``authenticate``.
    """
    claims = await deps.tokens.verify(token, deps.clock.now())
    account = await deps.principals.get_account(claims.user_id, session_id=claims.session_id, epoch=claims.epoch)
    if account is None:
        raise _ended()
    return account


def _ended() -> Unauthenticated:
    return Unauthenticated("This sign-in has ended.", code="session_ended")
