"""Second factors: what an account has besides its first way in, and what is kept of each."""

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import Field

from common.domain.shared.model import Model
from common.domain.shared.opaque_tokens import digest

#: How long what was begun may be finished: a sign-in that waits for its factor, a factor that is being added.
CHALLENGE_LIFETIME = timedelta(minutes=5)
ENROLMENT_LIFETIME = timedelta(minutes=10)
#: Of both kinds together; a person has a telephone, a computer, a key and a spare one.
MOST_FACTORS = 10
RECOVERY_CODES = 10
#: 24 characters of 32 are 120 bits; from 112 on a plain digest is enough (OWASP ASVS 5.0, 6.5.2).
_RECOVERY_LENGTH = 24
_RECOVERY_GROUP = 6
_RECOVERY_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"

#: How somebody proved who they are, as tokens say it (RFC 8176 section 2): what was known, what was possessed, that a
#: person was there, and that more than one kind of proof was given.
PASSWORD = "pwd"  # noqa: S105 - the registered name of a method
ONE_TIME_CODE = "otp"
KEY = "pop"
PRESENT = "user"
MULTIPLE = "mfa"


class FactorKind(StrEnum):
    """What a second factor is."""

    TOTP = "totp"
    PASSKEY = "passkey"


class Factor(Model):
    """One second factor of an account.

    Args:
        id: its id.
        user_id: whose it is.
        kind: what it is.
        name: what its owner calls it.
        confirmed_at: when its owner proved to hold it; ``None`` while that is still to be done.
        expires_at: when it goes unless it is confirmed before.
        last_used_at: when it last proved somebody.
        sealed_secret: of a TOTP: the shared secret, encrypted.
        last_step: of a TOTP: the time step of the last code that was accepted; no code up to it is accepted again.
        credential_id: of a passkey: the id its authenticator chose, in hexadecimal.
        credential: of a passkey: its attested credential data (WebAuthn section 6.5.1), in hexadecimal.
        sign_count: of a passkey: the last signature counter (WebAuthn section 6.1.1).
        transports: of a passkey: how its authenticator says it can be reached.
    """

    id: str
    user_id: str
    kind: FactorKind
    name: str
    created_at: datetime
    confirmed_at: datetime | None = None
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    sealed_secret: str | None = None
    last_step: int = 0
    credential_id: str | None = None
    credential: str | None = None
    sign_count: int = 0
    transports: list[str] = Field(default_factory=list)


class ChallengePurpose(StrEnum):
    """What a challenge is good for."""

    SIGN_IN = "sign_in"
    PASSKEY_SIGN_IN = "passkey_sign_in"
    REAUTHENTICATE = "reauthenticate"
    ADD_PASSKEY = "add_passkey"


class FactorChallenge(Model):
    """Something begun that a factor finishes, by the digest of its single-use token.

    Args:
        id: the token's digest.
        purpose: what it is good for.
        user_id: the account; ``None`` until a passkey says whose it is.
        session_id: the sign-in it belongs to, where there is one.
        method: how the first proof was given.
        amr: what was proven so far.
        epoch: the account's ``session_epoch`` then.
        booking_intent_id: what the sign-in goes on with.
        nonce: what a passkey must sign, in hexadecimal; used up by the first answer, right or wrong.
        created_at: when it was begun.
        expires_at: when it ends.
    """

    id: str
    purpose: ChallengePurpose
    user_id: str | None = None
    session_id: str | None = None
    method: str = ""
    amr: list[str] = Field(default_factory=list)
    epoch: int = 0
    booking_intent_id: str | None = None
    nonce: str | None = None
    created_at: datetime
    expires_at: datetime


def new_recovery_codes() -> list[str]:
    """A set of recovery codes, as people keep them: four groups of six letters and digits that look like no other."""
    return [
        _grouped("".join(secrets.choice(_RECOVERY_ALPHABET) for _ in range(_RECOVERY_LENGTH)))
        for _ in range(RECOVERY_CODES)
    ]


def recovery_digest(user_id: str, code: str) -> str:
    """What is stored of a recovery code, however it is typed: bound to its account, useless for another."""
    plain = "".join(character for character in code.lower() if character.isalnum())
    return digest(f"recovery:{user_id}:{plain}")


def is_replayed_count(stored: int, told: int) -> bool:
    """Whether a passkey's signature counter says that the key was copied (WebAuthn section 7.2, step 22).

    Authenticators that count nothing always say 0.
    """
    return (stored, told) != (0, 0) and told <= stored


def matching_step(code: str, codes_by_step: Sequence[tuple[int, str]], *, last_step: int) -> int | None:
    """The time step whose one-time code was given, unless it or a later one was used; every step is compared."""
    found = None
    for step, right in codes_by_step:
        is_right = hmac.compare_digest(code.encode(), right.encode())
        if is_right and step > last_step:
            found = step
    return found


def _grouped(code: str) -> str:
    return "-".join(code[at : at + _RECOVERY_GROUP] for at in range(0, len(code), _RECOVERY_GROUP))
