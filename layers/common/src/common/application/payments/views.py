"""What parties of a booking may see of its money, and their saved cards."""

from common.application.payments.deps import PaymentDeps
from common.application.shared.booking_access import find_booking
from common.application.shared.together import together
from common.domain.bookings.booking import Booking
from common.domain.bookings.charges import net_paid
from common.domain.bookings.line_taxes import platform_taxes, provider_taxes
from common.domain.identity.roles import Principal
from common.domain.payments.ledger import LedgerLine
from common.domain.payments.operations import PaymentOperation
from common.domain.payments.tax import TaxLine
from common.domain.shared.model import Model


class BookingPayment(Model):
    """A booking's money: the booking, what was done at Stripe, the ledger, and the tax in what was kept."""

    booking: Booking
    operations: list[PaymentOperation]
    ledger: list[LedgerLine]
    tax_lines: list[TaxLine]


async def get_booking_payment(deps: PaymentDeps, principal: Principal, booking_id: str) -> BookingPayment:
    """A booking's money, for its parties and operators: both sides see the same books.

    Raises:
        NotFound: there is no such booking, or it is none of the caller's business.
    """
    booking, _ = await find_booking(deps, principal, booking_id)
    operations, ledger = await together(
        deps.operations.list_by_booking(booking.id), deps.ledger.list_by_booking(booking.id)
    )
    return BookingPayment(
        booking=booking,
        operations=list(operations),
        ledger=list(ledger),
        tax_lines=tax_lines(booking),
    )


def tax_lines(booking: Booking) -> list[TaxLine]:
    """The provider's tax in what the customer has paid and not got back, and ours in the commission."""
    price, paid, commission = booking.price, net_paid(booking), booking.commission_amount
    provider_lines = provider_taxes(price, paid) if paid > 0 else []
    return [*provider_lines, *(platform_taxes(price, commission) if commission > 0 else [])]
