"""Commission, tax and ledger of prices with several lines: parts add up, and nothing stays held on any line."""

from __future__ import annotations

import pytest
from common.domain.bookings.booking import Booking, PriceSnapshot
from common.domain.bookings.commission import commission_by_line, commission_of, provider_share
from common.domain.bookings.line_taxes import platform_taxes, provider_taxes, receipt_taxes, taxes_by_line
from common.domain.bookings.price_lines import BorneBy, LineKind, PriceLine, line_id
from common.domain.bookings.settings import BookingSettings
from common.domain.payments.currencies import charge_step
from common.domain.payments.ledger import Account, require_balanced
from common.domain.payments.tax import TaxParty, TaxTerm, included_tax
from common.domain.shared.money import Money
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.bookings.support import CUSTOMER, OPERATOR, PROVIDER, SYSTEM, Life, make_service

CURRENCIES = st.sampled_from(["nzd", "jpy", "bhd", "isk"])
GST = TaxTerm(party=TaxParty.PROVIDER, name="GST", basis_points=1_500, tax_number="123")
OURS = TaxTerm(party=TaxParty.PLATFORM, name="GST", basis_points=1_500, tax_number="999")
KINDS = (LineKind.OPTION, LineKind.EXTRA, LineKind.TIP, LineKind.FEE)


def make_line(position: int, kind: LineKind, amount: int, currency: str, **fields: object) -> PriceLine:
    borne_by = BorneBy.PLATFORM if kind is LineKind.FEE else BorneBy.PROVIDER
    values = {"id": line_id(position), "kind": kind, "unit_amount": Money(amount=amount, currency=currency)}
    return PriceLine.model_validate({"borne_by": borne_by, **values, **fields})


@st.composite
def prices(draw: st.DrawFn) -> PriceSnapshot:
    """A service with other lines, and discounts that take at most half of it."""
    currency = draw(CURRENCIES)
    step = charge_step(currency)
    service = draw(st.integers(1_000, 1_000_000)) * step
    lines = [make_line(1, LineKind.SERVICE, service, currency, taxes=draw(st.sampled_from([[], [GST], [GST, OURS]])))]
    for kind in draw(st.lists(st.sampled_from(KINDS), max_size=5)):
        amount, quantity = draw(st.integers(0, 100_000)) * step, draw(st.integers(1, 3))
        taxes = draw(st.sampled_from([[], [OURS if kind is LineKind.FEE else GST]]))
        lines.append(make_line(len(lines) + 1, kind, amount, currency, quantity=quantity, taxes=taxes))
    for borne_by in draw(st.lists(st.sampled_from(BorneBy), max_size=2)):
        amount = -draw(st.integers(0, service // step // 4)) * step
        lines.append(make_line(len(lines) + 1, LineKind.DISCOUNT, amount, currency, borne_by=borne_by))
    share, minimum = draw(st.integers(0, 10_000)), draw(st.sampled_from([0, 500, 10_000]))
    return PriceSnapshot(lines=lines, commission_basis_points=share, commission_minimum=minimum)


@given(prices(), st.data())
def test_commission_and_the_providers_share_are_what_is_kept_in_whole_steps(
    price: PriceSnapshot, data: st.DataObject
) -> None:
    step = charge_step(price.currency)
    kept = data.draw(st.integers(0, price.total.amount // step)) * step
    parts = commission_by_line(price, kept)
    assert sum(parts) == commission_of(price, kept)
    assert 0 <= commission_of(price, kept) <= kept
    assert commission_of(price, kept) + provider_share(price, kept) == kept
    assert all(part % step == 0 for part in parts)


@given(prices())
def test_tips_bring_no_commission_and_fees_are_ours(price: PriceSnapshot) -> None:
    parts = commission_by_line(price, price.total.amount)
    for line, part in zip(price.lines, parts, strict=True):
        if line.kind is LineKind.TIP:
            assert part == 0
        elif line.kind is LineKind.FEE:
            assert part == line.amount.amount
        elif line.kind is LineKind.DISCOUNT:
            assert line.amount.amount <= part <= 0
        else:
            assert 0 <= part <= line.amount.amount


def priced(*discounts: tuple[int, BorneBy], minimum: int = 0) -> PriceSnapshot:
    lines = [make_line(1, LineKind.SERVICE, 10_000, "nzd")]
    for amount, borne_by in discounts:
        lines.append(make_line(len(lines) + 1, LineKind.DISCOUNT, -amount, "nzd", borne_by=borne_by))
    return PriceSnapshot(lines=lines, commission_basis_points=1_200, commission_minimum=minimum)


@pytest.mark.parametrize(
    ("price", "commission"),
    [
        (priced(), 1_200),
        (priced((1_000, BorneBy.PROVIDER)), 1_080),
        (priced((1_000, BorneBy.PLATFORM)), 200),
        (priced((2_000, BorneBy.PLATFORM)), 0),
        (priced((1_000, BorneBy.PROVIDER), (1_000, BorneBy.PLATFORM)), 80),
        (priced((1_000, BorneBy.PROVIDER), minimum=1_500), 1_500),
    ],
)
def test_who_bears_a_discount_decides_what_it_takes_from_our_commission(price: PriceSnapshot, commission: int) -> None:
    assert commission_of(price, price.total.amount) == commission


@given(prices(), st.data())
def test_what_lines_show_of_tax_is_what_the_receipt_shows(price: PriceSnapshot, data: st.DataObject) -> None:
    sums: dict[tuple[str, str], int] = {}
    for shown in taxes_by_line(price):
        for tax in shown:
            sums[tax.party, tax.name] = sums.get((tax.party, tax.name), 0) + tax.amount.amount
    receipt = {(tax.party, tax.name): tax.amount.amount for tax in receipt_taxes(price, price.total.amount)}
    assert {term: amount for term, amount in sums.items() if amount} == {k: v for k, v in receipt.items() if v}
    paid = data.draw(st.integers(0, price.total.amount))
    for tax in (*provider_taxes(price, paid), *platform_taxes(price, commission_of(price, paid))):
        assert 0 <= tax.amount.amount <= included_tax(2 * price.total.amount, tax.basis_points)


def test_each_line_is_taxed_by_its_own_terms() -> None:
    lines = [
        make_line(1, LineKind.SERVICE, 11_500, "nzd", taxes=[GST, OURS]),
        make_line(2, LineKind.TIP, 2_000, "nzd"),
        make_line(3, LineKind.FEE, 230, "nzd", taxes=[OURS]),
    ]
    price = PriceSnapshot(lines=lines, commission_basis_points=1_000)
    assert [[tax.amount.amount for tax in each] for each in taxes_by_line(price)] == [[1_500], [], [30]]
    assert [tax.amount.amount for tax in provider_taxes(price, price.total.amount)] == [1_500]
    assert [tax.amount.amount for tax in platform_taxes(price, 1_150 + 230)] == [180]


def made(price: PriceSnapshot) -> Life:
    """A booking's life with this price."""
    life = Life(service=make_service(price=price.total), settings=BookingSettings(two_people_above=10**9))
    booking = life.booking.model_copy(update={"price": price})
    life.changes[-1] = life.last.model_copy(update={"booking": booking})
    return life


def held(life: Life) -> dict[str, int]:
    sums: dict[str, int] = {}
    for line in life.ledger:
        assert (line.price_line_id is not None) == (line.account is Account.HELD)
        if line.price_line_id:
            sums[line.price_line_id] = sums.get(line.price_line_id, 0) - line.amount.amount
    return {each: amount for each, amount in sums.items() if amount}


def check_books(life: Life) -> Booking:
    for change in life.changes:
        require_balanced(change.ledger)
    details = life.booking.payment_details
    assert held(life) == details.held_by_line
    assert -life.account(Account.COMMISSION) == life.booking.commission_amount
    return life.booking


@given(prices(), st.data())
def test_nothing_stays_held_on_any_line_whatever_is_refunded_before_and_after_the_payout(
    price: PriceSnapshot, data: st.DataObject
) -> None:
    step = charge_step(price.currency)
    life = made(price)
    life.answer()
    life.do("accept", PROVIDER)
    life.at(life.booking.slot.start_at).do("start", PROVIDER, code=life.booking.start_code)
    life.do("complete", PROVIDER)
    life.pay_all()
    assert check_books(life).payment_details.held_by_line == {
        each.id: each.amount.amount for each in price.lines if each.amount.amount
    }
    if data.draw(st.booleans()):
        life.do("open_dispute", CUSTOMER, reason="Half the lawn")
        refund = data.draw(st.integers(0, price.total.amount // step)) * step
        life.do("resolve", OPERATOR, refund_amount=refund, reason="Half")
    else:
        life.at(life.booking.slot.end_at + life.settings.settle_after).do("settle", SYSTEM)
    life.pay_all()
    assert check_books(life).payment_details.held_by_line == {}
    left = price.total.amount - life.booking.refunded_amount
    if left:
        life.do("refund", OPERATOR, amount=data.draw(st.integers(1, left // step)) * step, reason="More")
        life.pay_all()
    booking = check_books(life)
    assert booking.payment_details.held_by_line == {}
    kept = booking.captured_amount - booking.refunded_amount
    assert booking.commission_amount == commission_of(price, kept)
    assert booking.transferred_amount - booking.reversed_amount == provider_share(price, kept)
