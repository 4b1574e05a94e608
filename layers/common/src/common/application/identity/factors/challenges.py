"""What a second factor finishes: making it, and how the one who began it is told."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from common.domain.identity.factors import CHALLENGE_LIFETIME, ChallengePurpose, FactorChallenge, FactorKind
from common.domain.shared.errors import Forbidden, InvalidInput
from common.domain.shared.opaque_tokens import digest, new_token

#: What a passkey signs is at least 16 bytes long (WebAuthn section 13.4.3).
_NONCE_BYTES = 32
RECOVERY_CODE = "recovery_code"


def new_challenge(now: datetime, purpose: ChallengePurpose, **fields: Any) -> tuple[FactorChallenge, str]:
    """A challenge and its single-use token, of which only the digest is stored; ``fields`` are the challenge's."""
    token = new_token()
    challenge = FactorChallenge(
        id=digest(token), purpose=purpose, created_at=now, expires_at=now + CHALLENGE_LIFETIME, **fields
    )
    return challenge, token


def new_nonce() -> str:
    """What a passkey is to sign, in hexadecimal."""
    return secrets.token_hex(_NONCE_BYTES)


def factor_required(token: str, kinds: Sequence[FactorKind]) -> Forbidden:
    """What is answered instead of tokens, with the token that the factor is sent along with."""
    extra = {
        "challenge_token": token,
        "expires_in": int(CHALLENGE_LIFETIME.total_seconds()),
        "factors": [*dict.fromkeys(kind.value for kind in kinds), RECOVERY_CODE],
    }
    return Forbidden("Confirm it with your second factor.", code="factor_required", extra=extra)


def challenge_ended() -> InvalidInput:
    """What a token that begins nothing, or nothing any more, is answered with."""
    return InvalidInput.of(
        "challenge_token", "This was not begun here, or has ended. Begin again.", "challenge_invalid"
    )
