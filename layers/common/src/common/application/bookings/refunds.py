"""Refunds by operators."""

from common.application.bookings.act import perform_action
from common.application.bookings.deps import BookingDeps
from common.application.shared.booking_access import find_booking_as
from common.domain.bookings.booking import ActorKind, Booking
from common.domain.bookings.charges import kept_amount
from common.domain.bookings.state_machine import REFUND, refundable_in_all
from common.domain.identity.roles import Principal
from common.domain.shared.errors import Conflict, InvalidInput, Unavailable, VersionConflict
from common.domain.shared.money import Money

#: Each try decides anew on the booking as it is then.
_TRIES = 8


async def refund_booking(
    deps: BookingDeps,
    staff: Principal,
    booking_id: str,
    amount: Money | None,
    reason: str,
    *,
    expected_version: int | None = None,
) -> Booking:
    """Refund the customer; the payments worker executes it, and what it means for the provider.

    The amount is decided on the booking that the refund commits on: one that changes meanwhile is read again.

    Args:
        deps: ports of bookings: a refund is an action of the state machine.
        staff: the operator.
        booking_id: the booking.
        amount: how much; ``None`` for everything that is left.
        reason: kept in the audit trail.
        expected_version: the version that the operator has seen, where they say so.

    Raises:
        NotFound: no such booking.
        Forbidden: the caller is a party of the booking (``own_matter``).
        InvalidInput: another currency, or more than is left.
        Conflict: nothing is left to refund (code ``nothing_to_refund``).
        ActionNotAvailable: the booking's state forbids it.
        VersionConflict: the booking is not the version that was seen.
        Unavailable: the booking kept changing.
    """
    for _ in range(_TRIES):
        booking = await find_booking_as(deps, staff, booking_id, ActorKind.OPERATOR)
        wanted = {"amount": _amount(booking, amount), "reason": reason}
        expected = booking.version if expected_version is None else expected_version
        try:
            seen = await perform_action(deps, staff, booking_id, REFUND.name, wanted, expected_version=expected)
        except VersionConflict:
            if expected_version is not None:
                raise
            continue
        return seen.booking
    raise Unavailable("The booking is being changed by others.", retry_after=1)


def _amount(booking: Booking, amount: Money | None) -> int:
    """What to refund, in minor units of the booking's currency."""
    currency = booking.price.total.currency
    left = refundable_in_all(booking) or kept_amount(booking)
    if amount is not None and amount.currency != currency:
        raise InvalidInput.of("amount.currency", f"This booking was paid in {currency.upper()}.", "wrong_currency")
    if left <= 0:
        raise Conflict("There is nothing left to refund.", code="nothing_to_refund")
    if amount is not None and amount.amount > left:
        raise InvalidInput.of("amount.amount", f"At most {left} is left to refund.", "more_than_left")
    return amount.amount if amount else left
