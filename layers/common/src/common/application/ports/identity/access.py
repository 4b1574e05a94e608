"""What authenticating a request needs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from common.domain.identity.roles import Principal
from common.domain.identity.users import User

#: Whom access tokens are for (``aud``, RFC 7519 section 4.1.3).
AUDIENCE = "gigsta"


@dataclass(frozen=True)
class AccessClaims:
    """What a valid access token says.

    Args:
        user_id: the account (``sub``).
        session_id: the sign-in it belongs to (``sid``).
        epoch: the account's ``session_epoch`` when the token was made.
        expires_at: when it ends.
        signed_in_at: when its owner last proved who they are (``auth_time``); ``None`` in a token of an early release.
        is_factor_used: whether more than one kind of proof was given (``mfa`` among ``amr``).
    """

    user_id: str
    session_id: str
    epoch: int
    expires_at: datetime
    signed_in_at: datetime | None = None
    is_factor_used: bool = False


class AccessTokens(Protocol):
    """Access tokens, for checking."""

    async def verify(self, token: str, now: datetime) -> AccessClaims:
        """Check signature, issuer, audience, type and time.

        Raises:
            Unauthenticated: the token proves nothing.
        """
        ...


class PrincipalReader(Protocol):
    """Accounts, as far as a request's authorization needs them."""

    async def get(self, user_id: str, *, session_id: str, epoch: int) -> Principal | None:
        """The caller as the database says now; ``None`` if suspended, deleted, or if the sign-in has ended."""
        ...

    async def get_account(self, user_id: str, *, session_id: str, epoch: int) -> User | None:
        """The caller's whole account, by one read; ``None`` where ``get`` gives it."""
        ...
