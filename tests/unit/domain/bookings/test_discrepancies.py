"""Comparing a booking, its ledger and Stripe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.domain.bookings.booking import Booking, OpenOperation
from common.domain.bookings.discrepancies import DiscrepancyKind, StripeBooks, compare
from common.domain.bookings.ledger_entries import Entry
from common.domain.payments.operations import Purpose
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.bookings import NOW, make_booking

if TYPE_CHECKING:
    from common.domain.payments.ledger import LedgerLine

CLEAN = StripeBooks(captured=10_000, refunded=2_000, transferred=7_000, reversed=500, fees=300, balance=1_200)


def settled_booking() -> tuple[Booking, list[LedgerLine]]:
    booking = make_booking()
    charge = booking.first_charge.model_copy(
        update={
            "captured_amount": 10_000,
            "refunded_amount": 2_000,
            "transferred_amount": 7_000,
            "reversed_amount": 500,
            "stripe_fee_amount": 300,
        }
    )
    booking = booking.model_copy(update={"charges": [charge]})
    entry = Entry(booking, charge.id, NOW)
    lines = [
        *entry.captured(10_000),
        *entry.stripe_fee(300),
        *entry.refunded(2_000),
        *entry.transferred(7_000),
        *entry.reversed(500),
    ]
    return booking, lines


def test_books_that_agree_have_no_difference() -> None:
    assert compare(*settled_booking(), stripe=CLEAN) == []


@given(st.sampled_from(sorted(StripeBooks.model_fields)), st.integers(min_value=1, max_value=10_000))
def test_a_cent_too_much_at_stripe_is_seen(field: str, more: int) -> None:
    wrong = CLEAN.model_copy(update={field: getattr(CLEAN, field) + more})
    assert len(compare(*settled_booking(), stripe=wrong)) == 1


def test_a_balance_in_another_currency_is_not_compared() -> None:
    assert compare(*settled_booking(), stripe=CLEAN.model_copy(update={"balance": None})) == []


def test_a_missing_line_is_seen() -> None:
    booking, lines = settled_booking()
    kinds = {each.kind for each in compare(booking, lines[:-1], CLEAN)}
    assert DiscrepancyKind.LEDGER_UNBALANCED in kinds


def test_nothing_is_compared_while_money_moves() -> None:
    booking, lines = settled_booking()
    opened = OpenOperation(id="pay_1", purpose=Purpose.REFUND, amount=100)
    details = booking.payment_details.model_copy(update={"open_operations": [opened]})
    assert compare(booking.model_copy(update={"payment_details": details}), lines, StripeBooks()) == []
