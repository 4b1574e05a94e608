"""How people sort their bookings: what is coming up, what is over, and what waits for them."""

from enum import StrEnum

from common.domain.bookings.booking import ActorKind, Booking, BookingStatus
from common.domain.bookings.charges import ChargePurpose, PaymentState


class StatusGroup(StrEnum):
    """A tab of somebody's list of bookings."""

    UPCOMING = "upcoming"
    NEEDS_ACTION = "needs_action"
    PAST = "past"


#: Bookings that may still be carried out.
UPCOMING = (
    BookingStatus.PENDING_PAYMENT,
    BookingStatus.REQUESTED,
    BookingStatus.ACCEPTED,
    BookingStatus.IN_PROGRESS,
)

#: The work lies ahead; what has begun or is over is judged by what happened.
AHEAD = (BookingStatus.PENDING_PAYMENT, BookingStatus.REQUESTED, BookingStatus.ACCEPTED)

#: Everything that is not coming up.
PAST = tuple(status for status in BookingStatus if status not in UPCOMING)

_AWAITED_BY_STATUS = {
    BookingStatus.PENDING_PAYMENT: ActorKind.CUSTOMER,
    BookingStatus.REQUESTED: ActorKind.PROVIDER,
    BookingStatus.IN_PROGRESS: ActorKind.PROVIDER,
    BookingStatus.DISPUTED: ActorKind.OPERATOR,
}


def awaited_parties(booking: Booking) -> tuple[ActorKind, ...]:
    """Who has to act for the booking to go on, as far as its state alone tells.

    Time is left out, so that the answer can be stored with the booking and listed by an index.
    """
    parties = {_AWAITED_BY_STATUS[booking.status]} if booking.status in _AWAITED_BY_STATUS else set()
    if booking.status is BookingStatus.ACCEPTED:
        if booking.payment in {PaymentState.ACTION_REQUIRED, PaymentState.FAILED}:
            parties.add(ActorKind.CUSTOMER)
        if booking.reschedule is not None:
            proposer = booking.reschedule.proposed_by
            parties.add(ActorKind.PROVIDER if proposer is ActorKind.CUSTOMER else ActorKind.CUSTOMER)
    if booking.extra is not None or _has_extra_to_confirm(booking):
        parties.add(ActorKind.CUSTOMER)
    if booking.status is BookingStatus.NO_SHOW and booking.no_show is not None:
        parties.add(booking.no_show.absent)
    return tuple(sorted(parties))


def _has_extra_to_confirm(booking: Booking) -> bool:
    extras = [each for each in booking.charges if each.purpose is ChargePurpose.EXTRA]
    return any(each.state is PaymentState.ACTION_REQUIRED for each in extras)
