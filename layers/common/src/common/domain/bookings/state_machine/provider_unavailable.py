"""Bookings of a provider whose account is suspended or closed: they cannot come, so ending the booking is free."""

from datetime import datetime

from common.domain.bookings import notifications
from common.domain.bookings.booking import Booking, BookingChange
from common.domain.bookings.groups import AHEAD
from common.domain.bookings.settings import BookingSettings
from common.domain.bookings.state_machine.context import SYSTEM
from common.domain.bookings.state_machine.outcome import begin, finalize, to_change

_NOTES = {
    True: "The provider's account is suspended or closed; cancelling is free of charge.",
    False: "The provider's account is open again; the cancellation policy applies.",
}


def apply_provider_unavailable(
    booking: Booking, *, is_unavailable: bool, now: datetime, settings: BookingSettings
) -> BookingChange | None:
    """Note that the provider cannot come, or can again, and tell both parties.

    Args:
        booking: the booking as stored now.
        is_unavailable: whether the provider's account is suspended or closed.
        now: the present instant.
        settings: windows and limits.

    Returns:
        The change, or ``None`` where the work does not lie ahead or this is known.
    """
    if booking.status not in AHEAD or (booking.provider_away_since is not None) is is_unavailable:
        return None
    draft = finalize(begin(booking, now, provider_away_since=now if is_unavailable else None), settings)
    name = "provider_away" if is_unavailable else "provider_back"
    draft = draft.notify(notifications.PROVIDER_AWAY if is_unavailable else notifications.PROVIDER_BACK)
    return to_change(booking, draft, SYSTEM, name, _NOTES[is_unavailable])
