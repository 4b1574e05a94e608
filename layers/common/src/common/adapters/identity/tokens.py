"""Access tokens: JSON Web Tokens signed with RS256 (RFC 7519, RFC 8725).

The algorithm is pinned, and issuer, audience and type are checked, so that no other token of ours or anyone's passes
for an access token.
"""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Protocol

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt import PyJWK
from jwt.algorithms import RSAAlgorithm

from common.application.ports.identity.access import AUDIENCE, AccessClaims
from common.domain.identity.factors import MULTIPLE
from common.domain.shared.errors import Unauthenticated

_ALGORITHM = "RS256"
_TYPE = "access"
#: 2,048 bits in base64, which are a key's modulus and a signature.
_KEY_LETTERS = 342
#: Clocks of machines differ a little; no more than this is forgiven.
_LEEWAY = timedelta(seconds=5)
_REQUIRED = ["iss", "sub", "aud", "exp", "iat", "jti", "typ", "sid", "epoch"]


class PublicKeys(Protocol):
    """Where verification finds a public key."""

    async def get(self, kid: str) -> PyJWK | None:
        """The key of this id, ``None`` if there is none."""
        ...


class TokenVerifier:
    """Implements ``AccessTokens``.

    Args:
        issuer: the API's public base URL, as ``iss`` must say.
        keys: public keys by id.
    """

    def __init__(self, issuer: str, keys: PublicKeys) -> None:
        self._issuer = issuer
        self._keys = keys

    async def verify(self, token: str, now: datetime) -> AccessClaims:
        """Check signature, issuer, audience, type and time.

        Raises:
            Unauthenticated: the token proves nothing.
        """
        try:
            key = await self._keys.get(_key_id(token))
            if key is None:
                raise Unauthenticated("The access token is not valid.", code="invalid_token")
            claims = jwt.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                audience=AUDIENCE,
                issuer=self._issuer,
                options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
        except (jwt.InvalidTokenError, UnicodeError) as error:
            raise Unauthenticated("The access token is not valid.", code="invalid_token") from error
        return _checked(claims, now)


class _MadeUpKey:
    """A public key that nobody has the private one of."""

    async def get(self, kid: str) -> PyJWK:
        """The key, whatever is asked for."""
        return PyJWK.from_dict({"kty": "RSA", "alg": _ALGORITHM, "kid": kid, "n": "w" * _KEY_LETTERS, "e": "AQAB"})


async def warm_up() -> None:
    """Load ahead what is loaded when the first token is checked, by one that proves nothing."""
    header = base64.urlsafe_b64encode(json.dumps({"alg": _ALGORITHM, "typ": "JWT"}).encode()).decode().rstrip("=")
    with suppress(Unauthenticated):
        await TokenVerifier("", _MadeUpKey()).verify(f"{header}.e30.{'w' * _KEY_LETTERS}", datetime.now(UTC))


def _key_id(token: str) -> str:
    """The key that a token names, unchecked; decoding checks the whole token, this part too.

    Raises:
        DecodeError: it is no token at all.
    """
    first = token.partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    except (ValueError, RecursionError) as error:
        raise jwt.DecodeError("unreadable header") from error
    return str(header.get("kid", "")) if isinstance(header, dict) else ""


def _checked(claims: Mapping[str, Any], now: datetime) -> AccessClaims:
    """Check type and time against the product's clock, which PyJWT cannot be given."""
    try:
        expires_at = datetime.fromtimestamp(int(claims["exp"]), UTC)
        issued_at = datetime.fromtimestamp(int(claims["iat"]), UTC)
        valid_from = datetime.fromtimestamp(int(claims.get("nbf", claims["iat"])), UTC)
        epoch = int(claims["epoch"])
        signed_in_at = datetime.fromtimestamp(int(claims["auth_time"]), UTC) if "auth_time" in claims else None
    except (TypeError, ValueError, OverflowError, OSError) as error:
        raise Unauthenticated("The access token is not valid.", code="invalid_token") from error
    if claims["typ"] != _TYPE or max(issued_at, valid_from) > now + _LEEWAY:
        raise Unauthenticated("The access token is not valid.", code="invalid_token")
    if expires_at + _LEEWAY <= now:
        raise Unauthenticated("The access token has expired.", code="token_expired")
    methods = claims.get("amr", ())
    is_factor_used = isinstance(methods, list) and MULTIPLE in methods
    return AccessClaims(str(claims["sub"]), str(claims["sid"]), epoch, expires_at, signed_in_at, is_factor_used)


@dataclass(frozen=True)
class SigningKey:
    """A private key that signs access tokens."""

    kid: str
    private_pem: str

    @cached_property
    def private_key(self) -> Any:
        """The parsed key; parsing costs far more than signing."""
        return load_pem_private_key(self.private_pem.encode(), password=None)

    def public_jwk(self) -> dict[str, Any]:
        """The public half as a JSON Web Key (RFC 7517), ready to publish."""
        jwk = RSAAlgorithm.to_jwk(self.private_key.public_key(), as_dict=True)
        return {**jwk, "kid": self.kid, "alg": _ALGORITHM, "use": "sig"}


class TokenIssuer:
    """Signs access tokens; only the identity functions hold private keys.

    Args:
        issuer: the API's public base URL.
        keys: gives the private keys as JSON, ``{"keys": [{"kid", "private_pem", "active"}]}``; called at first use.
    """

    def __init__(self, issuer: str, keys: Callable[[], str]) -> None:
        self._issuer = issuer
        self._source = keys

    @cached_property
    def keys(self) -> Sequence[SigningKey]:
        """All private keys, the active one first."""
        rows = sorted(json.loads(self._source())["keys"], key=lambda row: not row.get("active", False))
        return [SigningKey(row["kid"], row["private_pem"]) for row in rows]

    def issue(
        self,
        *,
        user_id: str,
        session_id: str,
        epoch: int,
        roles: Sequence[str],
        token_id: str,
        signed_in_at: datetime,
        now: datetime,
        lifetime: timedelta,
        amr: Sequence[str] = (),
    ) -> str:
        """Sign an access token with the active key.

        Args:
            user_id: the account (``sub``).
            session_id: the sign-in (``sid``).
            epoch: the account's ``session_epoch`` now.
            roles: for clients to read; authorization reads the database.
            token_id: unique id of this token (``jti``).
            signed_in_at: when the person last proved who they are (``auth_time`` of OpenID Connect); a refresh keeps
                it.
            now: when it is issued.
            lifetime: how long it is valid.
            amr: how the person proved it (RFC 8176); left out where no registered method was used.
        """
        claims = {
            "iss": self._issuer,
            "aud": AUDIENCE,
            "sub": user_id,
            "sid": session_id,
            "jti": token_id,
            "typ": _TYPE,
            "epoch": epoch,
            "roles": list(roles),
            "auth_time": int(signed_in_at.timestamp()),
            "iat": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
        }
        if amr:
            claims["amr"] = list(amr)
        key = self.keys[0]
        return jwt.encode(claims, key.private_key, algorithm=_ALGORITHM, headers={"kid": key.kid})
