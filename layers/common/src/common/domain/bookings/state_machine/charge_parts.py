"""Each charge's part of what concerns the whole booking: what is due, goes back, is commission, and moves to whom.

A booking of one charge has one part, the whole. Parts are made by the one rounding rule and add up exactly.
"""

from collections.abc import Mapping

from common.domain.bookings.booking import Booking
from common.domain.bookings.charges import Charge, PaymentState, kept_amount, net_paid
from common.domain.bookings.price_lines import spread
from common.domain.payments.currencies import charge_step, minimum_charge


def is_charged_back(booking: Booking, charge: Charge) -> bool:
    """Whether a chargeback of the charge stands, so that Stripe refunds nothing of it.

    It refuses with ``charge_disputed`` (https://docs.stripe.com/error-codes#charge-disputed) while a dispute is open
    and after it is lost. One that was won may be refunded again: WooPayments, which runs on Stripe, lists the statuses
    (https://github.com/Automattic/woocommerce-payments/issues/7960).
    """
    return any(f"{each}:won" not in booking.chargeback_ids for each in charge.dispute_ids)


def refundable(booking: Booking, charge: Charge) -> int:
    """What of a charge can be refunded now, in minor units."""
    return 0 if is_charged_back(booking, charge) else max(kept_amount(charge), 0)


def refundable_in_all(booking: Booking) -> int:
    """What can be refunded now of all charges, in minor units."""
    return sum(refundable(booking, each) for each in booking.charges)


def dues(booking: Booking) -> dict[str, int]:
    """What of the booking's due amount each charge shall have taken in the end, by its id; nought for the lapsed.

    It is spread over the price lines, and a charge is due what its lines are; the first charge has all lines that no
    other one names. A part that is too small for a card, of a charge that has taken nothing, is taken with another
    charge that has room for it. Where others have taken all that is due, no card is charged for what is not reserved.
    """
    due, price = booking.payment_details.due_amount or 0, booking.price
    by_line = dict(zip((line.id for line in price.lines), price.spread(due), strict=True))
    parts = {each.id: sum(by_line[line.id] for line in booking.lines_of(each.id)) for each in booking.charges}
    return _without_needless(booking, _without_small(booking, parts), due)


def may_be_due(booking: Booking, charge: Charge) -> bool:
    """Whether something of a charge is due, or may become due where that is not decided yet."""
    return booking.payment_details.due_amount is None or dues(booking)[charge.id] > 0


def payable(booking: Booking) -> int:
    """The most that the customer can come to have paid, in minor units.

    A charge that was captured can take no more than what is left of it; any other can take what its lines are.
    """
    return sum(
        net_paid(each) if each.captured_amount else sum(line.minor_units for line in booking.lines_of(each.id))
        for each in booking.charges
        if booking.lines_of(each.id)
    )


def _without_small(booking: Booking, parts: dict[str, int]) -> dict[str, int]:
    least = minimum_charge(booking.price.currency)
    paying = [each for each in booking.charges if not each.has_lapsed]
    for charge in paying:
        small = parts[charge.id]
        if charge.captured_amount == 0 and 0 < small < least:
            other = next((each for each in paying if each is not charge and _room(each, parts[each.id]) >= small), None)
            if other is not None:
                parts[charge.id], parts[other.id] = 0, parts[other.id] + small
    return parts


def refunds(booking: Booking, parts: Mapping[str, int]) -> dict[str, int]:
    """What of each charge goes back now, by its id: too much of its own first, then what others cannot give back.

    What was paid for an extra that has lapsed goes back whatever else is due. What is reserved and still to be
    captured counts as paid, so that what goes back of other charges goes at once.

    Args:
        booking: whose charges.
        parts: what each is due (``dues``).
    """
    due = booking.payment_details.due_amount or 0
    going = {each.id: 0 if booking.lines_of(each.id) else refundable(booking, each) for each in booking.charges}
    paying = [each for each in booking.charges if booking.lines_of(each.id)]
    left = max(sum(net_paid(each) + _coming(each, parts[each.id]) for each in paying) - due, 0)
    for is_own in (True, False):
        for charge in paying:
            most = refundable(booking, charge) - going[charge.id]
            more = min(left, most, max(net_paid(charge) - parts[charge.id], 0)) if is_own else min(left, most)
            going[charge.id] += more
            left -= more
    return going


def commissions(booking: Booking, commission: int) -> dict[str, int]:
    """The commission of the booking, spread over what is kept of each charge, by its id."""
    kept = [max(kept_amount(each), 0) for each in booking.charges]
    step = charge_step(booking.price.currency)
    return dict(zip((each.id for each in booking.charges), spread(commission, kept, step), strict=True))


def transfer_source(booking: Booking, amount: int) -> tuple[str, int]:
    """The charge that the next transfer of the provider's share comes from, and how much of it.

    Charge by charge, each as far as its money goes; the last one takes the rest, which is more than it has only where
    a debt of this booking was paid by another's and its money came back.
    """
    left = [(each, kept_amount(each) - each.commission_amount - _transferred(each)) for each in booking.charges]
    having = [(charge, available) for charge, available in left if available > 0]
    if not having:
        return booking.first_charge.id, amount
    charge, available = having[0]
    return charge.id, amount if len(having) == 1 else min(amount, available)


def reversal_source(booking: Booking, amount: int) -> tuple[str, int] | None:
    """The charge of whose transfer the next reversal takes, and how much; ``None`` where no transfer holds anything.

    A charge of which the provider has had too much goes first, and a transfer that Stripe would not take back last.
    """
    holding = [(each, source) for each in booking.charges if (source := each.reversible()) is not None]
    if not holding:
        return None
    holding.sort(key=lambda pair: (pair[1].is_refused, _overdrawn(pair[0]) <= 0))
    charge, source = holding[0]
    several = sum(not each[1].is_refused for each in holding) > 1
    most = min(amount, _overdrawn(charge)) if several and _overdrawn(charge) > 0 else amount
    return charge.id, min(most, source.left)


def _coming(charge: Charge, part: int) -> int:
    """What of its part is reserved and still to be captured."""
    return min(part, charge.authorized_amount) if charge.state is PaymentState.AUTHORIZED else 0


def _without_needless(booking: Booking, parts: dict[str, int], due: int) -> dict[str, int]:
    paid = [each for each in booking.charges if each.captured_amount and booking.lines_of(each.id)]
    if due > sum(net_paid(each) for each in paid):
        return parts
    for charge in booking.charges:
        if charge.captured_amount or charge.state is PaymentState.AUTHORIZED:
            continue
        for other in paid:
            moved = min(parts[charge.id], max(net_paid(other) - parts[other.id], 0))
            parts[charge.id] -= moved
            parts[other.id] += moved
    return parts


def _room(charge: Charge, part: int) -> int:
    return (charge.captured_amount or charge.authorized_amount or charge.amount) - part


def _transferred(charge: Charge) -> int:
    return charge.transferred_amount - charge.reversed_amount


def _overdrawn(charge: Charge) -> int:
    """What the provider has had of the charge beyond what it holds for them."""
    return _transferred(charge) + charge.commission_amount - kept_amount(charge)
