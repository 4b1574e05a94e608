"""Taking and freeing providers' time in one transaction; the unique index on cells is the last word."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pymongo.errors import DuplicateKeyError

from common.adapters.mongo.booking_documents import to_document
from common.adapters.mongo.database import Mongo, Session
from common.domain.errors import SlotUnavailable, Unavailable
from common.domain.slot_cells import SlotClaim

Write = Callable[[Session], Awaitable[None]]

_TAKEN = "That time has just been taken."


@dataclass(frozen=True)
class ClaimChange:
    """Time to take and to free at an instant; others' holds that have expired by then give way."""

    now: datetime
    claims: Sequence[SlotClaim] = ()
    released_ids: Sequence[str] = field(default=())


class MongoSlotClaims:
    """The collection ``slot_claims``, for the repositories whose changes take or free time.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo
        self._claims = mongo.collection("slot_claims")

    async def commit(self, change: ClaimChange, *, after: Write, before: Write | None = None) -> None:
        """Take and free time in one transaction with other writes.

        A claim whose id is stored is replaced, so that a hold can be made firm. A refused claim is looked at once
        more: where only holds that have expired stand in its way, they are removed in a second transaction with it.
        The common case pays no extra round trip for that.

        Args:
            change: what to take and to free.
            before: writes that come first, such as the check of a version.
            after: writes that come last.

        Raises:
            SlotUnavailable: a claim overlaps another one.
            DuplicateKeyError, BulkWriteError: of the other writes' unique indexes.
            Unavailable: the database did not take the change.
        """
        try:
            await self._commit(change, before, after, evict_expired=False)
        except SlotUnavailable:
            if await self._is_taken(change):
                raise
            await self._commit(change, before, after, evict_expired=True)
        except Unavailable:
            # Out of time in a crowd: where somebody else has the slot by now, that is the better answer.
            if await self._is_taken(change):
                raise SlotUnavailable(_TAKEN) from None
            raise

    async def _commit(self, change: ClaimChange, before: Write | None, after: Write, *, evict_expired: bool) -> None:
        tries = 0

        async def work(session: Session) -> None:
            nonlocal tries
            tries += 1
            if tries > 1 and await self._is_taken(change):
                raise SlotUnavailable(_TAKEN)
            if before is not None:
                await before(session)
            if change.released_ids:
                await self._claims.delete_many({"_id": {"$in": list(change.released_ids)}}, session=session)
            for claim in change.claims:
                if evict_expired:
                    await self._evict(claim, change.now, session)
                await self._claims.replace_one({"_id": claim.id}, to_document(claim), upsert=True, session=session)
            await after(session)

        try:
            await self._mongo.in_transaction(work)
        except DuplicateKeyError as error:
            if "cells" in (error.details or {}).get("keyPattern", {}):
                raise SlotUnavailable(_TAKEN) from error
            raise

    async def _evict(self, claim: SlotClaim, now: datetime, session: Session) -> None:
        expired = {
            "provider_id": claim.provider_id,
            "cells": {"$in": claim.cells},
            "expires_at": {"$lte": now},
        }
        await self._claims.delete_many(expired, session=session)

    async def _is_taken(self, change: ClaimChange) -> bool:
        """Whether others' claims that have not expired stand in the way, as committed now.

        Losers of a crowd on one interval learn it from this instead of colliding again and again.
        """
        own = [claim.id for claim in change.claims] + list(change.released_ids)
        for claim in change.claims:
            other = {
                "provider_id": claim.provider_id,
                "cells": {"$in": claim.cells},
                "_id": {"$nin": own},
                "expires_at": {"$not": {"$lte": change.now}},
            }
            if await self._claims.find_one(other, {"_id": 1}) is not None:
                return True
        return False
