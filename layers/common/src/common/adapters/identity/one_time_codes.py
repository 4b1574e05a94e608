"""Time-based one-time codes (RFC 6238), whose shared secrets rest encrypted in the database."""

import secrets
from base64 import b32decode, b32encode
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from common.domain.identity.factors import Factor
from common.domain.shared.errors import Unavailable

ISSUER = "GigSta"
_STEP_SECONDS = 30
_DIGITS = 6
#: 160 bits, as RFC 4226 section 4 (R6) recommends.
_SECRET_BYTES = 20
#: Clocks of telephones and the time to type: one step before and one after (RFC 6238 section 5.2).
_STEPS_AROUND = 1


class TotpCodes:
    """Implements ``OneTimeCodes``.

    Args:
        keys: gives Fernet keys (https://github.com/fernet/spec) between commas; the first encrypts, all decrypt, so
            that a key is changed by putting a new one before it. Called at first use.
    """

    def __init__(self, keys: Callable[[], str]) -> None:
        self._keys = keys

    @cached_property
    def _box(self) -> MultiFernet:
        return MultiFernet([Fernet(key.strip()) for key in self._keys().split(",")])

    def new_secret(self, user_id: str) -> tuple[str, str]:
        """A fresh shared secret: in base 32 for its owner, and sealed for the database."""
        secret = b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()
        return secret, self.seal(user_id, secret)

    def seal(self, user_id: str, secret: str) -> str:
        """Encrypt a secret for the account it belongs to, and for no other."""
        return self._box.encrypt(f"{user_id}:{secret}".encode()).decode()

    def uri(self, secret: str, account: str) -> str:
        """The address that an app reads from a QR code."""
        return _totp(secret).get_provisioning_uri(account, ISSUER)

    def codes_at(self, factor: Factor, now: datetime) -> Sequence[tuple[int, str]]:
        """The time steps that are accepted now with their codes.

        Raises:
            Unavailable: the secret was encrypted with a key that is not there any more.
        """
        return codes_of(self._secret_of(factor), now)

    def _secret_of(self, factor: Factor) -> str:
        try:
            owner, _, secret = self._box.decrypt((factor.sealed_secret or "").encode()).decode().partition(":")
        except InvalidToken as error:
            raise Unavailable("Codes of this app cannot be checked now.") from error
        if owner != factor.user_id:
            raise Unavailable("Codes of this app cannot be checked now.")
        return secret


def codes_of(secret: str, now: datetime) -> list[tuple[int, str]]:
    """The time steps around an instant, and the code of each, for a secret in base 32."""
    generator, present = _totp(secret), int(now.timestamp()) // _STEP_SECONDS
    steps = range(present - _STEPS_AROUND, present + _STEPS_AROUND + 1)
    return [(step, generator.generate(step * _STEP_SECONDS).decode()) for step in steps]


def _totp(secret: str) -> TOTP:
    # SHA-1 is what authenticator apps know, and sound inside HMAC (RFC 6238 section 1.2).
    return TOTP(b32decode(secret), _DIGITS, SHA1(), _STEP_SECONDS, enforce_key_length=True)  # noqa: S303
