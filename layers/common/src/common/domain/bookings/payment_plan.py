"""How a booking is paid: a hold on the card now, or a saved card that is authorized shortly before the work."""

from datetime import datetime

from common.domain.bookings.booking import Slot
from common.domain.bookings.settings import BookingSettings
from common.domain.payments.operations import PaymentMode


def choose_payment_mode(slot: Slot, now: datetime, settings: BookingSettings) -> PaymentMode:
    """``authorize_now`` where an authorization made now safely outlives the automatic completion of the booking."""
    last_capture = slot.end_at + settings.complete_after_end
    return PaymentMode.AUTHORIZE_NOW if last_capture <= safe_until(now, settings) else PaymentMode.SAVE_CARD


def safe_until(now: datetime, settings: BookingSettings) -> datetime:
    """Until when an authorization made now may be relied on, by the networks' window less our margin."""
    return now + settings.authorization_window - settings.authorization_margin


def expected_capture_before(now: datetime, settings: BookingSettings) -> datetime:
    """The estimate for ``capture_before`` where Stripe reports none."""
    return now + settings.authorization_window


def outlives(capture_before: datetime | None, slot: Slot, settings: BookingSettings) -> bool:
    """Whether an existing authorization still covers a slot up to its automatic completion."""
    if capture_before is None:
        return False
    return slot.end_at + settings.complete_after_end <= capture_before - settings.authorization_margin
