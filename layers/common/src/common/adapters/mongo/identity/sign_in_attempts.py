"""Attempts to sign in at an identity provider, in ``sign_in_attempts``; a TTL index removes abandoned ones."""

from datetime import datetime

from common.adapters.mongo.shared.database import Mongo
from common.adapters.mongo.shared.documents import from_document, to_document
from common.adapters.mongo.shared.holdings import Holdings, nobody
from common.application.ports.identity.oauth import SignInAttempt

HOLDINGS: Holdings = {
    "sign_in_attempts": nobody("digests, for ten minutes; who signs in is not known yet"),
}


class MongoSignInAttempts:
    """Implements ``SignInAttempts``."""

    def __init__(self, mongo: Mongo) -> None:
        self._attempts = mongo.collection("sign_in_attempts")

    async def insert(self, attempt: SignInAttempt) -> None:
        """Store one."""
        await self._attempts.insert_one(to_document(attempt))

    async def take(self, state_digest: str, now: datetime) -> SignInAttempt | None:
        """Use one up; ``None`` if it is unknown, used or expired."""
        row = await self._attempts.find_one_and_delete({"_id": state_digest, "expires_at": {"$gt": now}})
        return from_document(SignInAttempt, row) if row else None
