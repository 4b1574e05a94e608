"""Taking and freeing time of resources in one transaction; the unique index on cells is the last word."""

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pymongo import ReplaceOne
from pymongo.errors import BulkWriteError

from common.adapters.mongo.scheduling.claim_filters import claim_document, taking_any
from common.adapters.mongo.scheduling.slot_limits import MongoSlotLimits
from common.adapters.mongo.shared.database import Mongo, Session
from common.adapters.mongo.shared.holdings import Fate, Holdings, provider
from common.domain.scheduling.slot_cells import SlotClaim
from common.domain.scheduling.slot_limits import HoldLimit, SlotLimit
from common.domain.shared.errors import SlotUnavailable, TooManyHolds, Unavailable

HOLDINGS: Holdings = {
    "slot_claims": (provider("provider_id", Fate.KEPT, why="times of what is exported itself"),),
}

Write = Callable[[Session], Awaitable[None]]

_TAKEN = "That time has just been taken."
_HELD = "At most {most} slots of one provider can be kept unpaid or unconfirmed. Complete or cancel one of yours first."
_FULL = "The provider takes no more bookings then."


@dataclass(frozen=True)
class ClaimChange:
    """Time to take and to free at an instant; others' holds that have expired by then give way.

    ``claims`` are those of one booking, each of another resource. ``limits`` bound how many bookings the provider may
    have around the time that is taken, ``hold_limit`` how many slots the network address keeps, this one included.
    """

    now: datetime
    claims: Sequence[SlotClaim] = ()
    released_ids: Sequence[str] = field(default=())
    limits: Sequence[SlotLimit] = field(default=())
    hold_limit: HoldLimit | None = None


class MongoSlotClaims:
    """The collection ``slot_claims``, for the repositories whose changes take or free time.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo
        self._claims = mongo.collection("slot_claims")
        self._limits = MongoSlotLimits(mongo)

    async def commit(self, change: ClaimChange, *, after: Write, before: Write | None = None) -> None:
        """Take and free time in one transaction with other writes.

        Claims are written in one command, in the order of their resources: of two bookings that want some of the same
        one comes first, and never does each keep the other from going on. A claim whose id is stored is replaced, so
        that a hold can be made firm. A refused change is looked at once more: where only holds that have expired stand
        in its way, they are removed in a second transaction with it. The common case pays no extra round trip for that.

        Limits are counted inside the transaction, behind a write to a document of the provider's own: of two
        transactions that would each take the last place, the later one collides and counts anew.

        Args:
            change: what to take and to free.
            before: writes that come first, such as the check of a version.
            after: writes that come last.

        Raises:
            SlotUnavailable: a claim overlaps another one, or a limit is reached (``reason`` says which).
            TooManyHolds: the network address keeps as many slots as it may.
            DuplicateKeyError, BulkWriteError: of the other writes' unique indexes.
            Unavailable: the database did not take the change.
        """
        seen: list[SlotUnavailable] = []
        try:
            await self._commit(change, before, after, evict_expired=False, seen=seen)
        except SlotUnavailable as refused:
            if refused in seen:
                raise
            await self._refuse(change)
            await self._commit(change, before, after, evict_expired=True)
        except Unavailable:
            # Out of time in a crowd: where somebody else has the slot by now, that is the better answer.
            await self._refuse(change)
            raise

    async def _commit(
        self,
        change: ClaimChange,
        before: Write | None,
        after: Write,
        *,
        evict_expired: bool,
        seen: list[SlotUnavailable] | None = None,
    ) -> None:
        """Take and free time; refusals by what stands in the way as committed go into ``seen``, to be final."""
        tries = 0

        async def work(session: Session) -> None:
            nonlocal tries
            tries += 1
            if tries > 1:
                try:
                    await self._refuse(change)
                except SlotUnavailable as refused:
                    (seen if seen is not None else []).append(refused)
                    raise
            if before is not None:
                await before(session)
            await self._keep_limits(change, session)
            if change.released_ids:
                await self._claims.delete_many({"_id": {"$in": list(change.released_ids)}}, session=session)
            if change.claims:
                if evict_expired:
                    await self._evict(change, session)
                await self._take(change, session)
            await self._keep_hold_limit(change, session)
            await after(session)

        await self._mongo.in_transaction(work)

    async def _take(self, change: ClaimChange, session: Session) -> None:
        ordered = sorted(change.claims, key=lambda claim: claim.resource_id)
        writes = [ReplaceOne({"_id": each.id}, claim_document(each), upsert=True) for each in ordered]
        try:
            await self._claims.bulk_write(writes, session=session)
        except BulkWriteError as error:
            if any("cells" in each.get("keyPattern", {}) for each in (error.details or {}).get("writeErrors", ())):
                raise SlotUnavailable(_TAKEN) from error
            raise

    async def _keep_limits(self, change: ClaimChange, session: Session) -> None:
        if change.limits:
            await self._limits.lock(change.claims[0].provider_id, session)
            await self._refuse_full(change, session)

    async def _evict(self, change: ClaimChange, session: Session) -> None:
        expired = {**taking_any(change.claims), "expires_at": {"$lte": change.now}}
        await self._claims.delete_many(expired, session=session)

    async def _refuse(self, change: ClaimChange) -> None:
        """Refuse what others' claims that have not expired stand in the way of, as committed now.

        Losers of a crowd on one interval learn it from this instead of colliding again and again.

        Raises:
            SlotUnavailable: they do.
        """
        if not change.claims:
            return
        own, firm = _own_ids(change), {"$not": {"$lte": change.now}}
        others = {**taking_any(change.claims), "_id": {"$nin": own}, "expires_at": firm}
        if await self._claims.find_one(others, {"_id": 1}) is not None:
            raise SlotUnavailable(_TAKEN)
        await self._refuse_full(change)

    async def _refuse_full(self, change: ClaimChange, session: Session | None = None) -> None:
        if not change.claims:
            return
        reason = await self._limits.reached(change.limits, change.claims[0], _own_ids(change), change.now, session)
        if reason is not None:
            raise SlotUnavailable(_FULL, extra={"reason": reason})

    async def _keep_hold_limit(self, change: ClaimChange, session: Session) -> None:
        """Count what the address keeps; last, so that a crowd on one slot is turned away by the slot."""
        limit = change.hold_limit
        if limit is None:
            return
        first = change.claims[0].id
        end = await self._limits.add_hold(limit, first, _own_ids(change), change.now, session)
        if end is not None:
            wait = max(1, math.ceil((end - change.now).total_seconds()))
            raise TooManyHolds(_HELD.format(most=limit.most), retry_after=wait)


def _own_ids(change: ClaimChange) -> list[str]:
    return [*(claim.id for claim in change.claims), *change.released_ids]
