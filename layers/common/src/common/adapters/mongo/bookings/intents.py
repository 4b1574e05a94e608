"""Guests' booking intents in MongoDB."""

from collections.abc import Sequence

from common.adapters.mongo.bookings.documents import outbox_document
from common.adapters.mongo.scheduling.slot_claims import ClaimChange, MongoSlotClaims
from common.adapters.mongo.shared.database import Mongo, Session
from common.adapters.mongo.shared.documents import from_document, to_native_document
from common.adapters.mongo.shared.holdings import Fate, Holdings, account
from common.domain.bookings.intents import MOST_RENEWED_SECRETS, BookingIntent, IntentStatus
from common.domain.scheduling.slot_cells import SlotClaim
from common.domain.scheduling.slot_limits import HoldLimit, SlotLimit
from common.domain.shared.events import Event

HOLDINGS: Holdings = {
    "booking_intents": (account("user_id", Fate.DELETED, "booking_intents", is_at_once=True),),
}


class MongoBookingIntents:
    """Implements ``BookingIntents``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._intents = mongo.collection("booking_intents")
        self._outbox = mongo.collection("outbox")
        self._slots = MongoSlotClaims(mongo)

    async def insert(
        self,
        intent: BookingIntent,
        holds: Sequence[SlotClaim],
        events: Sequence[Event],
        *,
        limits: Sequence[SlotLimit] = (),
        hold_limit: HoldLimit | None = None,
        replaced: Sequence[BookingIntent] = (),
    ) -> None:
        """Store an intent, its holds and its events in one transaction, or nothing of them; what it replaces ends."""

        async def record(session: Session) -> None:
            await self._intents.insert_one(to_native_document(intent), session=session)
            if replaced:
                ended = {"_id": {"$in": [each.id for each in replaced]}, "status": IntentStatus.PENDING}
                await self._intents.update_many(ended, {"$set": {"expires_at": intent.created_at}}, session=session)
            if events:
                await self._outbox.insert_many([outbox_document(event) for event in events], session=session)

        released = [claim_id for each in replaced for claim_id in each.claim_ids]
        await self._slots.commit(ClaimChange(intent.created_at, holds, released, limits, hold_limit), after=record)

    async def get(self, intent_id: str) -> BookingIntent | None:
        """One intent by id."""
        row = await self._intents.find_one({"_id": intent_id})
        return None if row is None else from_document(BookingIntent, row)

    async def complete(self, intent_id: str, booking_id: str) -> None:
        """Note what the intent has become."""
        become = {"status": IntentStatus.COMPLETED, "booking_id": booking_id}
        await self._intents.update_one({"_id": intent_id}, {"$set": become})

    async def add_secret(self, intent_id: str, secret_hash: str) -> bool:
        """Let another secret read an intent; ``False`` if there is no such intent."""
        newest = {"$each": [secret_hash], "$slice": -MOST_RENEWED_SECRETS}
        done = await self._intents.update_one({"_id": intent_id}, {"$push": {"renewed_secret_hashes": newest}})
        return bool(done.matched_count)
