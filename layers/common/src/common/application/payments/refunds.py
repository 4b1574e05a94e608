"""Refunds by operators."""

from common.application.bookings.act import perform_action
from common.application.bookings.deps import BookingDeps
from common.domain.bookings import Booking
from common.domain.errors import Conflict, InvalidInput, NotFound
from common.domain.money import Money
from common.domain.roles import Principal


async def refund_booking(
    deps: BookingDeps, staff: Principal, booking_id: str, amount: Money | None, reason: str
) -> Booking:
    """Refund the customer; the payments worker executes it, and what it means for the provider.

    Args:
        deps: ports of bookings: a refund is an action of the state machine.
        staff: the operator.
        booking_id: the booking.
        amount: how much; ``None`` for everything that is left.
        reason: kept in the audit trail.

    Raises:
        NotFound: no such booking.
        InvalidInput: another currency, or more than is left.
        Conflict: nothing is left to refund (code ``nothing_to_refund``).
        ActionNotAvailable: the booking's state forbids it.
    """
    booking = await deps.bookings.get(booking_id)
    if booking is None:
        raise NotFound("There is no such booking.")
    details, currency = booking.payment_details, booking.price.total.currency
    left = details.captured_amount - details.refunded_amount - details.charged_back_amount
    if amount is not None and amount.currency != currency:
        raise InvalidInput.of("amount.currency", f"This booking was paid in {currency.upper()}.", "wrong_currency")
    if left <= 0:
        raise Conflict("There is nothing left to refund.", code="nothing_to_refund")
    if amount is not None and amount.amount > left:
        raise InvalidInput.of("amount.amount", f"At most {left} is left to refund.", "more_than_left")
    wanted = amount.amount if amount else left
    seen = await perform_action(deps, staff, booking_id, "refund", {"amount": wanted, "reason": reason})
    return seen.booking
