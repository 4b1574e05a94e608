"""Who is calling: from a bearer token to a principal."""

from dataclasses import dataclass, replace

from common.application.ports.identity.access import AccessTokens, PrincipalReader
from common.application.ports.shared.clock import Clock
from common.domain.identity.roles import Principal
from common.domain.shared.errors import Unauthenticated


@dataclass(frozen=True)
class AccessDeps:
    """What ``authenticate`` needs."""

    clock: Clock
    tokens: AccessTokens
    principals: PrincipalReader


async def authenticate(deps: AccessDeps, token: str) -> Principal:
    """Turn an access token into the caller, as the database says now: a suspension or a sign-out takes effect at once.

    Raises:
        Unauthenticated: the token proves nothing, or its account may not act any more.
    """
    claims = await deps.tokens.verify(token, deps.clock.now())
    principal = await deps.principals.get(claims.user_id, session_id=claims.session_id, epoch=claims.epoch)
    if principal is None:
        raise Unauthenticated("This sign-in has ended.", code="session_ended")
    return replace(principal, signed_in_at=claims.signed_in_at)
