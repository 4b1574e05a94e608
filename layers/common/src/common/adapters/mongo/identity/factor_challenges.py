"""What waits for a factor, in ``factor_challenges``; a TTL index removes what was abandoned."""

from collections.abc import Sequence
from datetime import datetime

from common.adapters.mongo.shared.database import Mongo
from common.adapters.mongo.shared.documents import from_document, to_document
from common.adapters.mongo.shared.holdings import SECRETS, Fate, Holdings, account
from common.adapters.mongo.shared.unit_of_work import current_session
from common.domain.identity.factors import ChallengePurpose, FactorChallenge

HOLDINGS: Holdings = {
    "factor_challenges": (account("user_id", Fate.DELETED, why=SECRETS, is_at_once=True),),
}


class MongoFactorChallenges:
    """Implements ``FactorChallenges``."""

    def __init__(self, mongo: Mongo) -> None:
        self._challenges = mongo.collection("factor_challenges")

    async def insert(self, challenge: FactorChallenge) -> None:
        """Store one."""
        await self._challenges.insert_one(to_document(challenge), session=current_session())

    async def get(
        self, token_digest: str, purposes: Sequence[ChallengePurpose], now: datetime
    ) -> FactorChallenge | None:
        """One by its token's digest; ``None`` if it is unknown, used, expired, or for another purpose."""
        wanted = {
            "_id": token_digest,
            "purpose": {"$in": [purpose.value for purpose in purposes]},
            "expires_at": {"$gt": now},
        }
        row = await self._challenges.find_one(wanted, session=current_session())
        return from_document(FactorChallenge, row) if row else None

    async def set_nonce(self, challenge_id: str, nonce: str) -> bool:
        """Give it what a passkey must sign; ``False`` if it is used by now."""
        result = await self._challenges.update_one({"_id": challenge_id}, {"$set": {"nonce": nonce}})
        return result.matched_count == 1

    async def take_nonce(self, challenge_id: str) -> str | None:
        """Use up what a passkey must sign; ``None`` if there is nothing to sign."""
        row = await self._challenges.find_one_and_update({"_id": challenge_id}, {"$set": {"nonce": None}})
        return row["nonce"] if row else None

    async def take(self, challenge_id: str) -> bool:
        """Use a challenge up; ``False`` if another request did so first."""
        result = await self._challenges.delete_one({"_id": challenge_id}, session=current_session())
        return result.deleted_count == 1
