"""Time that a provider takes by hand: a block, or a booking that was taken on the telephone."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import Field

from common.domain.scheduling.slot_cells import CELL_MINUTES, LONGEST_CLAIM, SlotClaim, cells_between
from common.domain.shared.errors import FieldError, InvalidInput
from common.domain.shared.model import Model

MOST_BLOCKS = 200
MOST_MANUAL_BOOKINGS = 1_000
#: What is longer is a holiday.
LONGEST_BLOCK = timedelta(days=31)
LONGEST_MANUAL_BOOKING = timedelta(days=1)
#: How long a block is kept after its end, for a provider who looks back at the last season.
_KEEP_BLOCK = timedelta(days=90)
#: How long a manual booking is kept after the work. Its customer is somebody we do not know: a year is enough for
#: questions about the work and to find them again for the next, and nobody's name and number stay for ever.
_KEEP_MANUAL_BOOKING = timedelta(days=365)
#: A claim that is over still counts for the limit of its week.
_KEEP_CLAIM = timedelta(days=8)
_CELL = timedelta(minutes=CELL_MINUTES)


class OwnTime(Model):
    """An interval that a provider has taken by hand; ``expires_at`` is when it is removed."""

    id: str
    provider_id: str
    version: int = 1
    start_at: datetime
    end_at: datetime
    expires_at: datetime
    created_at: datetime
    updated_at: datetime

    def claims(self) -> Sequence[SlotClaim]:
        """What it takes; the ids are always the same, so that what has moved replaces what was taken before."""
        raise NotImplementedError


class Block(OwnTime):
    """Time in which the provider cannot be booked; ``reason`` is their own note, shown to nobody else."""

    reason: str = ""

    def claims(self) -> Sequence[SlotClaim]:
        """Claims of the provider's own time, in pieces none of which is longer than a claim may be."""
        pieces, at = [], self.start_at
        while at < self.end_at:
            end = min(at + LONGEST_CLAIM, self.end_at)
            pieces.append((at, end))
            at = end
        return [
            SlotClaim(
                id=f"clm_{self.id}.{number}",
                provider_id=self.provider_id,
                booking_id=self.id,
                purpose="block",
                start_at=start,
                end_at=end,
                cells=cells_between(start, end),
                expires_at=end + _KEEP_CLAIM,
            )
            for number, (start, end) in enumerate(pieces)
        ]


class ManualBooking(OwnTime):
    """A booking that a provider has taken elsewhere and enters; nothing is paid here, and its customer has no account.

    ``customer_name``, ``customer_phone_number`` and ``notes`` are a third person's data.
    """

    service_id: str | None = None
    title: str
    resource_ids: list[str] = Field(min_length=1)
    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0
    customer_name: str
    customer_phone_number: str | None = None
    notes: str = ""

    @property
    def duration_minutes(self) -> int:
        """Length of the work."""
        return int((self.end_at - self.start_at).total_seconds() // 60)

    def claims(self) -> Sequence[SlotClaim]:
        """A claim of each resource, buffers included, which counts for the provider's limits as any booking does."""
        start = self.start_at - timedelta(minutes=self.buffer_before_minutes)
        end = self.end_at + timedelta(minutes=self.buffer_after_minutes)
        claim = SlotClaim(
            id=f"clm_{self.id}",
            provider_id=self.provider_id,
            booking_id=self.id,
            purpose="manual",
            start_at=start,
            end_at=end,
            cells=cells_between(start, end),
            work_start_at=self.start_at,
            expires_at=end + _KEEP_CLAIM,
        )
        return claim.of_each(self.resource_ids)


def block_expiry(end_at: datetime) -> datetime:
    """When a block is removed."""
    return end_at + _KEEP_BLOCK


def manual_booking_expiry(end_at: datetime) -> datetime:
    """When a manual booking is removed, with what it says of its customer."""
    return end_at + _KEEP_MANUAL_BOOKING


def check_interval(
    start_at: datetime, end_at: datetime, now: datetime, *, longest: timedelta, max_ahead: timedelta, end_field: str
) -> None:
    """Refuse an interval that is off the five-minute grid, over, too long or too far ahead.

    Args:
        start_at: an aware instant; the cell that runs now may still be taken.
        end_at: likewise.
        now: the present instant.
        longest: how long it may be.
        max_ahead: how far ahead it may begin.
        end_field: the request's field that the end follows from.

    Raises:
        InvalidInput: with every wrong field.
    """
    errors = [
        FieldError(field, f"Times are whole multiples of {CELL_MINUTES} minutes.", "off_grid")
        for field, instant in (("start_at", start_at), (end_field, end_at))
        if instant.timestamp() % _CELL.total_seconds()
    ]
    if start_at + _CELL <= now:
        errors.append(FieldError("start_at", "The start has passed.", "past"))
    if start_at > now + max_ahead:
        errors.append(FieldError("start_at", "The start is too far ahead.", "too_far"))
    if end_at <= start_at:
        errors.append(FieldError(end_field, "The end must come after the start.", "end_before_start"))
    elif end_at - start_at > longest:
        errors.append(FieldError(end_field, f"At most {longest.days * 24} hours.", "too_long"))
    if errors:
        raise InvalidInput("The time cannot be taken.", errors=errors)
