"""What one booking adds to its provider's earnings.

It is computed where a booking is written and stored beside it, so that the database can add it up.
"""

from common.domain.bookings.booking import Booking, BookingStatus, PayoutState
from common.domain.bookings.charges import net_paid
from common.domain.bookings.commission import commission_of, provider_share
from common.domain.shared.model import Model

#: Agreed work that is still to be done or under way.
EXPECTED = frozenset({BookingStatus.ACCEPTED, BookingStatus.IN_PROGRESS})
#: Where money came, or will come by what was agreed.
WITH_MONEY = EXPECTED | {
    BookingStatus.COMPLETED,
    BookingStatus.NO_SHOW,
    BookingStatus.DISPUTED,
    BookingStatus.CANCELLED,
    BookingStatus.SETTLED,
}


class Earned(Model):
    """Sums over bookings, in minor units of one currency; ``bookings`` is how many had a part in them.

    ``expected`` is agreed work still to be done, ``held`` is earned and waits for settlement, ``paid_out`` has been
    transferred and not taken back, ``set_off`` has paid the provider's debts instead, and ``owed`` is what they still
    owe of these bookings. ``commission`` is ours, of what was earned.
    """

    bookings: int = 0
    expected: int = 0
    held: int = 0
    paid_out: int = 0
    set_off: int = 0
    owed: int = 0
    commission: int = 0

    def plus(self, other: "Earned") -> "Earned":
        """The sums of both."""
        return Earned(**{name: value + getattr(other, name) for name, value in self.model_dump().items()})


def earned_of(booking: Booking) -> Earned:
    """What a booking adds; nothing where no money came, or will come by what was agreed."""
    if booking.status not in WITH_MONEY:
        return Earned()
    expected = held = commission = 0
    details = booking.payment_details
    kept = net_paid(booking)
    if booking.status in EXPECTED:
        expected = provider_share(booking.price, booking.price.total.amount)
    elif kept > 0:
        commission = commission_of(booking.price, kept)
        if booking.payout is PayoutState.HELD:
            held = provider_share(booking.price, kept)
    elif not (booking.transferred_amount or details.set_off_amount):
        return Earned()
    return Earned(
        bookings=1,
        expected=expected,
        held=held,
        paid_out=booking.transferred_amount - booking.reversed_amount,
        set_off=max(details.set_off_amount, 0),
        owed=details.debt_amount,
        commission=commission,
    )
