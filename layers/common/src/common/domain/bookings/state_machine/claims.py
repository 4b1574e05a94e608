"""Claims of time for a booking's slot."""

from datetime import datetime, timedelta

from common.domain.bookings.booking import Booking, Slot
from common.domain.scheduling.slot_cells import SlotClaim, cells_between
from common.domain.shared.ids import new_id


def moved(slot: Slot, start: datetime) -> Slot:
    """The same length and buffers from another start on; the length is one of UTC."""
    return slot.model_copy(update={"start_at": start, "end_at": start + (slot.end_at - slot.start_at)})


def slot_claims(
    booking: Booking, slot: Slot, now: datetime, *, purpose: str = "booking", expires_at: datetime | None = None
) -> tuple[SlotClaim, ...]:
    """A claim of each of the booking's resources for a slot, buffers included; the first one's id names them all."""
    start = slot.start_at - timedelta(minutes=slot.buffer_before_minutes)
    end = slot.end_at + timedelta(minutes=slot.buffer_after_minutes)
    claim = SlotClaim(
        id=new_id("clm", now),
        provider_id=booking.provider_id,
        booking_id=booking.id,
        purpose=purpose,
        start_at=start,
        end_at=end,
        cells=cells_between(start, end),
        work_start_at=slot.start_at,
        expires_at=expires_at,
    )
    return claim.of_each(booking.resource_ids)
