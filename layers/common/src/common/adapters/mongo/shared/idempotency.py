"""First answers by idempotency key (https://docs.stripe.com/api/idempotent_requests is the model)."""

import math
from datetime import datetime, timedelta
from hashlib import sha256

from pymongo.errors import DuplicateKeyError

from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.holdings import Holdings, nobody
from common.application.ports.shared.limits import KEEP_KEYS, IdempotentRequest, StoredResponse
from common.domain.shared.errors import IdempotencyInFlight, IdempotencyKeyReused

HOLDINGS: Holdings = {
    "idempotency_keys": nobody("answers to requests, for a day"),
}

#: After this a claim's owner is taken for dead. Lambda ends a function at its timeout, 15 s for those that answer HTTP
#: (``template.yaml``), so nobody works on a request for longer; the rest is for clocks that disagree. Until then a
#: client whose request died is told to come back (409 with ``Retry-After``).
STALE_AFTER = timedelta(seconds=20)


class MongoIdempotency:
    """Implements ``IdempotencyStore`` over the collection ``idempotency_keys``."""

    def __init__(self, mongo: Mongo) -> None:
        self._collection = mongo.collection("idempotency_keys")

    async def claim(self, request: IdempotentRequest, owner: str, now: datetime) -> StoredResponse | None:
        """Take the key for working on, or get the first answer if there is one.

        Raises:
            IdempotencyKeyReused: the key came with another request.
            IdempotencyInFlight: the first request is still being worked on.
        """
        fields = {"owner": owner, "claimed_until": now + STALE_AFTER, "expires_at": now + KEEP_KEYS}
        row = {"_id": _id(request), "fingerprint": request.fingerprint, "response": None, **fields}
        try:
            await self._collection.insert_one(row)
        except DuplicateKeyError:
            return await self._join(request, fields, now)
        return None

    async def _join(self, request: IdempotentRequest, fields: Document, now: datetime) -> StoredResponse | None:
        """Replay, refuse, or take over a claim whose owner has died, or an expired key."""
        ended = {"_id": _id(request), "expires_at": {"$lte": now}}
        fresh = {"$set": {"fingerprint": request.fingerprint, "response": None, **fields}}
        if (await self._collection.update_one(ended, fresh)).modified_count:
            return None
        row = await self._collection.find_one({"_id": _id(request)})
        if row is not None and row["fingerprint"] != request.fingerprint:
            raise IdempotencyKeyReused("This idempotency key came with another request. Use a new one.")
        if row is not None and row["response"] is not None:
            return StoredResponse(row["response"]["status"], row["response"]["headers"], bytes(row["response"]["body"]))
        stale = {"_id": _id(request), "response": None, "claimed_until": {"$lte": now}}
        if row is None or (await self._collection.update_one(stale, {"$set": fields})).modified_count == 0:
            wait = _wait(row["claimed_until"], now) if row else 1
            detail = "A request with this idempotency key is still being worked on."
            raise IdempotencyInFlight(detail, retry_after=wait)
        return None

    async def complete(self, request: IdempotentRequest, owner: str, response: StoredResponse, now: datetime) -> None:
        """Keep the answer for replays, unless another owner has taken over meanwhile."""
        answer = {"status": response.status, "headers": response.headers, "body": response.body}
        await self._collection.update_one(
            {"_id": _id(request), "owner": owner}, {"$set": {"response": answer, "expires_at": now + KEEP_KEYS}}
        )

    async def release(self, request: IdempotentRequest, owner: str) -> None:
        """Give the key back, so that a retry is worked on."""
        await self._collection.delete_one({"_id": _id(request), "owner": owner, "response": None})


def _wait(claimed_until: datetime, now: datetime) -> int:
    """Whole seconds to wait: as long again as it has taken, but not beyond the end of the claim."""
    left = max(claimed_until - now, timedelta(0))
    return max(1, math.ceil(min(STALE_AFTER - left, left).total_seconds()))


def _id(request: IdempotentRequest) -> str:
    """One document per caller, route and key; the digest keeps a key of any content out of the index."""
    identity = f"{request.caller}\n{request.method}\n{request.path}\n{request.key}"
    return sha256(identity.encode()).hexdigest()
