"""Checks of an action's input against the booking; each raises ``InvalidInput`` naming the field."""

import hmac
from datetime import datetime, timedelta

from common.domain.bookings.charges import net_paid
from common.domain.bookings.price_lines import LineKind
from common.domain.bookings.state_machine.charge_parts import payable, refundable_in_all
from common.domain.bookings.state_machine.context import Context
from common.domain.bookings.state_machine.inputs import (
    Extra,
    Move,
    NewStart,
    OnlineLink,
    RefundInput,
    Resolution,
    StartCode,
)
from common.domain.payments.currencies import charge_step, minimum_charge
from common.domain.shared.display import money_text
from common.domain.shared.errors import InvalidInput
from common.domain.shared.money import Money, rounded_share

#: No slot may lie further ahead; a provider's own booking window is shorter.
MAX_AHEAD = timedelta(days=366)


def code_matches(context: Context) -> None:
    """Compare the customer's code in constant time, so that answers do not leak how much of it was right.

    What happens online starts without one: nobody stands at a door.
    """
    if not context.booking.place.kind.is_in_person:
        return
    given, expected = context.given(StartCode).code, context.booking.start_code
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise InvalidInput.of("code", "This is not the customer's code.", "wrong_code")


def new_start_is_usable(context: Context) -> None:
    """A proposed start is another one, and far enough ahead to be answered and paid."""
    start = context.given(NewStart).start_at
    _is_another_start(context, start)
    soonest = context.now + context.settings.reschedule_cutoff
    if start <= soonest:
        raise InvalidInput.of("start_at", "The new start is too soon.", "too_soon")


def moved_start_is_usable(context: Context) -> None:
    """A start that an operator sets is another one that lies ahead; the provider's own rules do not bind it."""
    start = context.given(Move).start_at
    _is_another_start(context, start)
    if start <= context.now:
        raise InvalidInput.of("start_at", "The new start has passed.", "past")


def link_is_another(context: Context) -> None:
    """What nobody would notice is no change, and nobody is told of it."""
    if context.given(OnlineLink).online_link == context.booking.place.online_link:
        raise InvalidInput.of("online_link", "The booking has this link already.", "unchanged")


def extra_is_possible(context: Context) -> None:
    """A card can be charged the extra, and all extras together stay in proportion to what was booked."""
    price, amount = context.booking.price, context.given(Extra).amount
    _is_chargeable(context, "amount", amount)
    least = max(minimum_charge(price.currency), context.settings.minimum_charge)
    if amount < least:
        shown = money_text(Money(amount=least, currency=price.currency))
        raise InvalidInput.of("amount", f"At least {shown}.", "too_small")
    booked = sum(line.minor_units for line in price.lines if line.kind is not LineKind.EXTRA)
    most = rounded_share(booked, context.settings.extras_basis_points) - (price.total.amount - booked)
    if amount > most:
        raise InvalidInput.of("amount", "More than extras may cost beside what was booked.", "too_large")


def refund_is_possible(context: Context) -> None:
    """A decision cannot refund more than the price, nor charge again what has already gone back."""
    refund, booking = context.given(Resolution).refund_amount, context.booking
    total = booking.price.total.amount
    _is_chargeable(context, "refund_amount", refund)
    if refund > total:
        raise InvalidInput.of("refund_amount", "More than the price.", "too_large")
    if total - refund > payable(booking):
        raise InvalidInput.of("refund_amount", "Less than what has already been refunded.", "too_small")


def refund_is_left(context: Context) -> None:
    """A refund cannot be more than what is left to refund, nor less than what the customer is owed already."""
    amount, booking = context.given(RefundInput).amount, context.booking
    _is_chargeable(context, "amount", amount)
    left = refundable_in_all(booking)
    owed = min(net_paid(booking) - (booking.payment_details.due_amount or 0), left)
    if amount < owed:
        shown = money_text(Money(amount=owed, currency=booking.price.total.currency))
        raise InvalidInput.of("amount", f"The customer is owed {shown} already.", "too_small")
    if amount > left:
        raise InvalidInput.of("amount", "More than what is left of the payment.", "too_large")


def _is_another_start(context: Context, start: datetime) -> None:
    if start == context.booking.slot.start_at:
        raise InvalidInput.of("start_at", "The booking already starts then.", "unchanged")
    if start > context.now + MAX_AHEAD:
        raise InvalidInput.of("start_at", "The new start is too far ahead.", "too_far")


def _is_chargeable(context: Context, field: str, amount: int) -> None:
    """Currencies of three digits move in tens of the minor unit."""
    currency = context.booking.price.total.currency
    step = charge_step(currency)
    if amount % step:
        shown = money_text(Money(amount=step, currency=currency))
        raise InvalidInput.of(field, f"Amounts in {currency.upper()} are multiples of {shown}.", "not_a_multiple")
