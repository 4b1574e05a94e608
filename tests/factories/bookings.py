"""Builders of bookings and of the changes that store them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from common.domain.bookings.booking import (
    Booking,
    BookingChange,
    BookingStatus,
    Place,
    PolicySnapshot,
    PriceSnapshot,
    ServiceSnapshot,
    Slot,
)
from common.domain.bookings.booking import PaymentDetails as Details
from common.domain.bookings.charges import Charge
from common.domain.payments.operations import PaymentMode
from common.domain.scheduling.slot_cells import SlotClaim, cells_between, claim_ids
from common.domain.shared.ids import new_id
from common.domain.shared.money import Money

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def make_slot(start_at: datetime = NOW + timedelta(days=2), *, minutes: int = 60, buffer: int = 0) -> Slot:
    """A slot in Auckland with the same buffer on both sides."""
    return Slot(
        start_at=start_at,
        end_at=start_at + timedelta(minutes=minutes),
        timezone="Pacific/Auckland",
        buffer_before_minutes=buffer,
        buffer_after_minutes=buffer,
    )


def make_booking(now: datetime = NOW, **fields: Any) -> Booking:
    """A booking that waits for its payment, with any of its fields given."""
    defaults: dict[str, Any] = {
        "id": new_id("bkg", now),
        "customer_id": "usr_customer",
        "provider_id": "prv_provider",
        "provider_user_id": "usr_provider",
        "service_id": "svc_service",
        "status": BookingStatus.PENDING_PAYMENT,
        "service": ServiceSnapshot(title="Lawn mowing", category="lawn-mowing", duration_minutes=60),
        "slot": make_slot(now + timedelta(days=2)),
        "place": Place(address="1 Queen Street, Auckland"),
        "price": PriceSnapshot(total=Money(amount=12_500, currency="nzd"), commission_basis_points=1_200),
        "policy": PolicySnapshot(name="moderate", steps=[(72, 10_000), (24, 5_000)]),
        "payment_details": Details(),
        "charges": [Charge(mode=PaymentMode.AUTHORIZE_NOW, amount=12_500)],
        "start_code": "4821",
        "created_at": now,
        "updated_at": now,
    }
    return Booking(**{**defaults, **fields})


def make_claims(booking: Booking, *, expires_at: datetime | None = None, purpose: str = "booking") -> list[SlotClaim]:
    """Claims of the booking's own interval, buffers included, one for each of its resources."""
    slot = booking.slot
    start = slot.start_at - timedelta(minutes=slot.buffer_before_minutes)
    end = slot.end_at + timedelta(minutes=slot.buffer_after_minutes)
    name = booking.claim_id or new_id("clm", booking.created_at)
    return [
        SlotClaim(
            id=claim_id,
            provider_id=booking.provider_id,
            resource_id=resource_id,
            booking_id=booking.id,
            purpose=purpose,
            start_at=start,
            end_at=end,
            cells=cells_between(start, end),
            expires_at=expires_at,
        )
        for claim_id, resource_id in zip(claim_ids(name, booking.resource_ids), booking.resource_ids, strict=True)
    ]


def make_creation(booking: Booking, **fields: Any) -> BookingChange:
    """The change that stores a new booking with its claims."""
    return BookingChange(**{"expected_version": None, "booking": booking, "claims": make_claims(booking), **fields})


def make_update(booking: Booking, **fields: Any) -> BookingChange:
    """The change that stores the next version of a booking, with fields of the booking changed."""
    changed = booking.model_copy(update={"version": booking.version + 1, **fields})
    return BookingChange(expected_version=booking.version, booking=changed)
