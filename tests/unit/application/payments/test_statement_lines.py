"""Statements and receipts of prices with several lines."""

from __future__ import annotations

import csv
import io

from common.application.notifications.booking_data import receipt_lines
from common.application.payments.statements import to_csv
from common.domain.bookings.booking import PriceSnapshot
from common.domain.bookings.charges import ChargePurpose
from common.domain.bookings.ledger_entries import Entry
from common.domain.bookings.price_lines import BorneBy, LineKind, PriceLine
from common.domain.payments.ledger import Account
from common.domain.payments.operations import FIRST_CHARGE
from common.domain.payments.tax import TaxParty, TaxTerm
from common.domain.shared.money import Money

from tests.factories.bookings import NOW, make_booking

GST = TaxTerm(party=TaxParty.PROVIDER, name="GST", basis_points=1_500, tax_number="12-345-678")


def line(position: int, kind: LineKind, amount: int, **fields: object) -> PriceLine:
    values = {"id": f"line_{position}", "kind": kind, "unit_amount": Money(amount=amount, currency="nzd")}
    return PriceLine.model_validate({"taxes": [GST], **values, **fields})


PRICE = PriceSnapshot(
    lines=[
        line(1, LineKind.SERVICE, 10_000),
        line(2, LineKind.OPTION, 750, quantity=2, label="=Windows"),
        line(3, LineKind.DISCOUNT, -1_000, label="Spring", taxes=[], borne_by=BorneBy.PROVIDER),
    ],
    commission_basis_points=1_000,
)
BOOKING = make_booking(price=PRICE)


def test_rows_of_held_money_name_their_line_and_the_tax_in_it() -> None:
    entry = Entry(BOOKING, FIRST_CHARGE, NOW)
    ledger = [*entry.captured(10_500), *entry.stripe_fee(300), *entry.refunded(5_250)]
    rows = list(csv.DictReader(io.StringIO(to_csv(ledger, {BOOKING.id: BOOKING}))))
    named = [(row["line"], row["quantity"], row["amount"], row["tax"]) for row in rows if row["account"] == "held"]
    assert named == [
        ("Lawn mowing", "1", "-100.00", "-13.04"),
        ("'=Windows", "2", "-15.00", "-1.96"),
        ("Spring", "1", "10.00", ""),
        ("Lawn mowing", "1", "50.00", "6.52"),
        ("'=Windows", "2", "7.50", "0.98"),
        ("Spring", "1", "-5.00", ""),
    ]
    assert {row["line_id"] for row in rows if row["account"] != "held"} == {""}


def test_rows_of_before_the_ledger_named_lines_are_of_the_service() -> None:
    booking = make_booking()
    ledger = [
        each.model_copy(update={"price_line_id": None}) for each in Entry(booking, FIRST_CHARGE, NOW).captured(12_500)
    ]
    (row,) = (
        row
        for row in csv.DictReader(io.StringIO(to_csv(ledger, {booking.id: booking})))
        if row["account"] == Account.HELD.value
    )
    assert (row["line_id"], row["line"]) == ("line_1", "Lawn mowing")


def test_what_is_paid_for_an_extra_that_lapsed_is_of_no_line() -> None:
    own = BOOKING.first_charge
    lapsed = own.model_copy(update={"id": "chg_2", "purpose": ChargePurpose.EXTRA, "line_ids": []})
    booking = BOOKING.model_copy(update={"charges": [own, lapsed]})
    entry = Entry(booking, "chg_2", NOW)
    ledger = [*entry.captured(2_300), *entry.refunded(2_300)]
    rows = csv.DictReader(io.StringIO(to_csv(ledger, {booking.id: booking})))
    named = [(row["line_id"], row["line"], row["tax"]) for row in rows if row["account"] == Account.HELD.value]
    assert named == [("", "", "")] * 2


def test_a_receipt_has_the_lines_of_the_price_and_one_tax() -> None:
    assert receipt_lines(BOOKING, 10_500) == [
        "Lawn mowing: NZD 100.00",
        "2 \N{MULTIPLICATION SIGN} =Windows: NZD 15.00",
        "Spring: -NZD 10.00",
        "Charged: NZD 105.00",
        "Includes GST 15% (number 12-345-678): NZD 15.00",
    ]


def test_a_receipt_of_one_charge_has_the_lines_that_it_pays_for() -> None:
    own = BOOKING.first_charge
    extra = line(4, LineKind.EXTRA, 2_300, label="The hedge")
    other = own.model_copy(update={"id": "chg_2", "purpose": ChargePurpose.EXTRA, "line_ids": [extra.id]})
    lapsed = other.model_copy(update={"id": "chg_3", "line_ids": []})
    price = PRICE.model_copy(update={"lines": [*PRICE.lines, extra]})
    booking = BOOKING.model_copy(update={"price": price, "charges": [own, other, lapsed]})
    assert receipt_lines(booking, 2_300, "chg_2") == [
        "The hedge: NZD 23.00",
        "Charged: NZD 23.00",
        "Includes GST 15% (number 12-345-678): NZD 3.00",
    ]
    assert receipt_lines(booking, 10_500, own.id) == receipt_lines(BOOKING, 10_500)
    assert receipt_lines(booking, 2_300, "chg_3") == ["Charged: NZD 23.00"]
