"""The repository of guests' booking intents."""

from collections.abc import Sequence
from typing import Protocol

from common.domain.bookings.intents import BookingIntent
from common.domain.scheduling.slot_cells import SlotClaim
from common.domain.scheduling.slot_limits import HoldLimit, SlotLimit
from common.domain.shared.events import Event


class BookingIntents(Protocol):
    """Booking intents and the slots they hold."""

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
        """Store an intent, its holds and its events in one transaction, or nothing of them.

        Args:
            intent: the guest's request.
            holds: the time it keeps, one for each resource.
            events: what is told with it.
            limits: how many bookings the provider may have around that time, this one included.
            hold_limit: how many slots of the provider the guest's network address may keep, this one included.
            replaced: earlier requests of the same guest, whose holds make way and end.

        Raises:
            SlotUnavailable: a hold overlaps another claim, or it is one more than its limits allow.
            TooManyHolds: it is one more than the network address may keep.
        """
        ...

    async def get(self, intent_id: str) -> BookingIntent | None:
        """One intent by id."""
        ...

    async def complete(self, intent_id: str, booking_id: str) -> None:
        """Note what the intent has become; harmless to repeat."""
        ...

    async def add_secret(self, intent_id: str, secret_hash: str) -> bool:
        """Let another secret read an intent; ``False`` if there is no such intent."""
        ...
