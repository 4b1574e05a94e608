"""Second factors: where they are kept, and what checks them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from common.domain.identity.factors import ChallengePurpose, Factor, FactorChallenge
from common.domain.identity.users import User


class Factors(Protocol):
    """Second factors and recovery codes of accounts."""

    async def list_confirmed(self, user_id: str) -> Sequence[Factor]:
        """An account's factors that count, the oldest first."""
        ...

    async def get(self, user_id: str, factor_id: str) -> Factor | None:
        """One factor of an account, confirmed or not."""
        ...

    async def find_passkey(self, credential_id: str) -> Factor | None:
        """The passkey of this credential id (hexadecimal), whoever has it."""
        ...

    async def insert(self, factor: Factor) -> None:
        """Store a factor.

        Raises:
            Conflict: the passkey is an account's already (``passkey_exists``).
        """
        ...

    async def confirm(self, factor: Factor) -> None:
        """Store that a factor counts from now on."""
        ...

    async def use(self, factor: Factor, now: datetime, *, step: int = 0, sign_count: int = 0) -> bool:
        """Note that a factor proved somebody; ``False`` if another request has used it since ``factor`` was read."""
        ...

    async def delete(self, user_id: str, factor_id: str) -> bool:
        """Remove one factor; whether there was one."""
        ...

    async def delete_by_user(self, user_id: str) -> None:
        """Remove every factor and every recovery code of an account."""
        ...

    async def count_recovery_codes(self, user_id: str) -> int:
        """How many recovery codes are left."""
        ...

    async def replace_recovery_codes(self, user_id: str, digests: Sequence[str], now: datetime) -> None:
        """Put these recovery codes in the place of all earlier ones; none removes them."""
        ...

    async def use_recovery_code(self, user_id: str, code_digest: str) -> bool:
        """Use a recovery code up; ``False`` if there is no such code any more."""
        ...


class FactorChallenges(Protocol):
    """What was begun and waits for a factor. Ending an account's sign-ins ends these too (``Sessions``)."""

    async def insert(self, challenge: FactorChallenge) -> None:
        """Store one."""
        ...

    async def get(
        self, token_digest: str, purposes: Sequence[ChallengePurpose], now: datetime
    ) -> FactorChallenge | None:
        """One by its token's digest; ``None`` if it is unknown, used, expired, or for another purpose."""
        ...

    async def set_nonce(self, challenge_id: str, nonce: str) -> bool:
        """Give it what a passkey must sign, in the place of an earlier one; ``False`` if it is used by now."""
        ...

    async def take_nonce(self, challenge_id: str) -> str | None:
        """Use up what a passkey must sign; ``None`` if there is nothing to sign."""
        ...

    async def take(self, challenge_id: str) -> bool:
        """Use a challenge up; ``False`` if another request did so first."""
        ...


class OneTimeCodes(Protocol):
    """Time-based one-time codes (RFC 6238): six digits, thirty seconds, SHA-1, as every authenticator app has them."""

    def new_secret(self, user_id: str) -> tuple[str, str]:
        """A fresh shared secret: in base 32 for its owner, and sealed for the database."""
        ...

    def uri(self, secret: str, account: str) -> str:
        """The address that an app reads from a QR code."""
        ...

    def codes_at(self, factor: Factor, now: datetime) -> Sequence[tuple[int, str]]:
        """The time steps that are accepted now, one before and one after the present among them, with their codes."""
        ...


@dataclass(frozen=True)
class VerifiedPasskey:
    """What a passkey's answer says once it was verified.

    Args:
        credential_id: its id, in hexadecimal.
        credential: its attested credential data, in hexadecimal.
        sign_count: its signature counter.
        is_user_verified: whether its authenticator verified the person (a PIN, a fingerprint), not only a presence.
        transports: how its authenticator says it can be reached.
    """

    credential_id: str
    credential: str
    sign_count: int
    is_user_verified: bool
    transports: Sequence[str] = ()


class Passkeys(Protocol):
    """Web Authentication (https://www.w3.org/TR/webauthn-3/), the relying party's part."""

    def creation_options(self, user: User, nonce: str, known: Sequence[Factor]) -> Mapping[str, Any]:
        """What ``PublicKeyCredential.parseCreationOptionsFromJSON`` takes."""
        ...

    def request_options(self, nonce: str, known: Sequence[Factor], *, must_verify_user: bool) -> Mapping[str, Any]:
        """What ``PublicKeyCredential.parseRequestOptionsFromJSON`` takes; without ``known``, any passkey of ours."""
        ...

    def verify_creation(self, nonce: str, credential: Mapping[str, Any]) -> VerifiedPasskey:
        """Verify a new passkey (WebAuthn section 7.1).

        Raises:
            InvalidInput: it proves nothing.
        """
        ...

    def credential_id(self, credential: Mapping[str, Any]) -> str:
        """Which passkey an answer claims to be of, in hexadecimal.

        Raises:
            InvalidInput: it does not say.
        """
        ...

    def verify_assertion(
        self, nonce: str, factor: Factor, credential: Mapping[str, Any], *, must_verify_user: bool
    ) -> VerifiedPasskey:
        """Verify a passkey's answer (WebAuthn section 7.2) but for its counter.

        Raises:
            InvalidInput: it proves nothing.
        """
        ...
