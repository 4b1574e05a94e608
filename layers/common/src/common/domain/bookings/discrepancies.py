"""Where our books and Stripe's do not agree."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from common.domain.bookings.booking import Booking
from common.domain.bookings.state_machine import is_life_over
from common.domain.payments.ledger import Account, LedgerLine, balance, left_over
from common.domain.shared.model import Model


class DiscrepancyKind(StrEnum):
    """What does not agree."""

    CAPTURED = "captured_amount"
    REFUNDED = "refunded_amount"
    TRANSFERRED = "transferred_amount"
    REVERSED = "reversed_amount"
    FEE = "stripe_fee"
    LEDGER_UNBALANCED = "ledger_unbalanced"
    LEDGER_STRIPE = "ledger_stripe_account"
    STRIPE_BALANCE = "stripe_balance"
    ORPHAN_INTENT = "orphan_intent"
    UNKNOWN_BOOKING = "unknown_booking"
    REFUND_FAILED = "refund_failed"
    STUCK_OPERATION = "stuck_operation"
    NEEDS_ATTENTION = "needs_attention"
    ACCOUNT_NOT_EMPTY = "account_not_empty"


#: Intents at Stripe that no operation of ours made; they are no part of a booking's own comparison.
UNCLAIMED = frozenset({DiscrepancyKind.ORPHAN_INTENT, DiscrepancyKind.UNKNOWN_BOOKING})


#: Whose figures are no amounts.
COUNTS = frozenset(
    {DiscrepancyKind.LEDGER_UNBALANCED, DiscrepancyKind.STUCK_OPERATION, DiscrepancyKind.NEEDS_ATTENTION}
)


class Discrepancy(Model):
    """One difference: ``expected`` is ours, ``found`` is Stripe's, in minor units where they are amounts."""

    id: str
    booking_id: str
    kind: DiscrepancyKind
    expected: int = 0
    found: int = 0
    currency: str = ""
    stripe_id: str | None = None
    note: str = ""
    first_seen_at: datetime
    last_seen_at: datetime
    resolved_at: datetime | None = None


class StripeBooks(Model):
    """What Stripe's own objects say about one booking, summed in minor units.

    ``balance`` is the net of every balance transaction of the booking, disputes and fees included; ``None`` where
    Stripe keeps it in another currency than the booking's.
    """

    captured: int = 0
    refunded: int = 0
    failed_refunds: int = 0
    transferred: int = 0
    reversed: int = 0
    fees: int = 0
    balance: int | None = None


class Difference(Model):
    """One thing that does not agree, before it is recorded."""

    kind: DiscrepancyKind
    expected: int
    found: int


def compare(booking: Booking, lines: Sequence[LedgerLine], stripe: StripeBooks) -> list[Difference]:
    """Compare a booking's amounts, its ledger and Stripe; nothing is compared while an operation is under way.

    The ledger's ``stripe`` account must hold what was captured, less what was refunded, transferred, charged back or
    kept as fee, plus what was reversed; with the losses of chargebacks, exactly what Stripe's own balance transactions
    of the booking sum to. Once the booking's life is over, nothing may be left on the accounts that pass money on.
    """
    details = booking.payment_details
    if any(not each.needs_action for each in details.open_operations):
        return []
    pairs = [
        (DiscrepancyKind.CAPTURED, booking.captured_amount, stripe.captured),
        (DiscrepancyKind.REFUNDED, booking.refunded_amount, stripe.refunded),
        (DiscrepancyKind.TRANSFERRED, booking.transferred_amount, stripe.transferred),
        (DiscrepancyKind.REVERSED, booking.reversed_amount, stripe.reversed),
        (DiscrepancyKind.FEE, booking.stripe_fee_amount, stripe.fees),
        (DiscrepancyKind.REFUND_FAILED, booking.refund_failed_amount, stripe.failed_refunds),
        (DiscrepancyKind.LEDGER_UNBALANCED, 0, _unbalanced(lines)),
        (DiscrepancyKind.LEDGER_STRIPE, _expected_balance(booking), _account_sum(lines, Account.STRIPE)),
        (DiscrepancyKind.STRIPE_BALANCE, _stripe_lines(lines), _stripe_lines(lines, stripe.balance)),
        (DiscrepancyKind.ACCOUNT_NOT_EMPTY, 0, sum(left_over(lines).values()) if is_life_over(booking) else 0),
        (DiscrepancyKind.NEEDS_ATTENTION, 0, int(details.needs_attention and details.retry_at is None)),
    ]
    return [Difference(kind=kind, expected=ours, found=theirs) for kind, ours, theirs in pairs if ours != theirs]


def _expected_balance(booking: Booking) -> int:
    taken = booking.refunded_amount + booking.transferred_amount + booking.stripe_fee_amount
    return booking.captured_amount - taken + booking.reversed_amount - booking.charged_back_amount


def _account_sum(lines: Iterable[LedgerLine], account: Account) -> int:
    """What the account holds, without the losses that a chargeback's fee and shortfall took from it."""
    losses = {line.entry_id for line in lines if line.account is Account.LOSSES}
    return sum(line.amount.amount for line in lines if line.account is account and line.entry_id not in losses)


def _stripe_lines(lines: Iterable[LedgerLine], known: int | None = None) -> int:
    """What Stripe says it holds for the booking, else what our account of it says, losses included."""
    return sum(line.amount.amount for line in lines if line.account is Account.STRIPE) if known is None else known


def _unbalanced(lines: Sequence[LedgerLine]) -> int:
    """How many entries do not sum to zero."""
    entries: dict[str, list[LedgerLine]] = {}
    for line in lines:
        entries.setdefault(line.entry_id, []).append(line)
    return sum(balance(each) != 0 for each in entries.values())
