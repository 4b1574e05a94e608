"""Time that quotes hold, in the collection of all claims."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from common.adapters.mongo.scheduling.slot_claims import ClaimChange, MongoSlotClaims
from common.adapters.mongo.shared.database import Mongo, Session
from common.adapters.mongo.shared.unit_of_work import current_session, within
from common.domain.scheduling.slot_cells import SlotClaim


class MongoQuoteHolds:
    """Implements ``QuoteHolds`` over the collection ``slot_claims``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._claims = mongo.collection("slot_claims")
        self._slots = MongoSlotClaims(mongo)

    async def take(
        self,
        claims: Sequence[SlotClaim],
        *,
        released_ids: Sequence[str],
        now: datetime,
        write: Callable[[], Awaitable[None]],
    ) -> None:
        """Take time for a quote, behind other repositories' writes, in one transaction (see the port)."""

        async def first(session: Session) -> None:
            await within(session, write)

        async def nothing(_: Session) -> None:
            return

        await self._slots.commit(ClaimChange(now, claims, released_ids), before=first, after=nothing)

    async def free(self, claim_ids: Sequence[str]) -> None:
        """Give claims up, in the unit of work under way."""
        if claim_ids:
            await self._claims.delete_many({"_id": {"$in": list(claim_ids)}}, session=current_session())
