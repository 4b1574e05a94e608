"""Password hashing: Argon2id (RFC 9106)."""

import asyncio

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

#: OWASP's first recommendation: 19 MiB, two passes, one lane
#: (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id).
_MEMORY_KIB = 19_456
_PASSES = 2
_LANES = 1
#: A hash of 32 random bytes that were thrown away: it takes the same time and matches nothing.
_DECOY = "$argon2id$v=19$m=19456,t=2,p=1$EERAm8ED3RYhLNKxn6VS7A$y7ymrX5d8TnJRbfAoMMLqzH8g/B4r4myQfdiX+8ojfA"


class Argon2Passwords:
    """Implements ``Passwords``. Argon2 lets go of the interpreter's lock, so a thread keeps the loop free."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(
            time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=_LANES, hash_len=32, salt_len=16, type=Type.ID
        )

    async def hash(self, password: str) -> str:
        """Hash a password with a fresh salt, as a PHC string."""
        return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Check a password; with no hash it takes just as long and answers ``False``."""
        matches = await asyncio.to_thread(self._matches, password, password_hash or _DECOY)
        return matches and password_hash is not None

    def _matches(self, password: str, password_hash: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False
