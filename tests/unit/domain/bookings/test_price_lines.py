"""The one rule by which amounts are spread over the lines of a price, and prices of before there were lines."""

from __future__ import annotations

import pytest
from common.domain.bookings.booking import PriceSnapshot
from common.domain.bookings.price_lines import LineKind, PriceLine, spread
from common.domain.payments.currencies import charge_step
from common.domain.payments.tax import TaxParty, TaxTerm
from common.domain.shared.money import MAX_AMOUNT, Money
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.factories.bookings import make_booking

CURRENCIES = st.sampled_from(["nzd", "jpy", "bhd", "isk"])
AMOUNTS = st.integers(-MAX_AMOUNT, MAX_AMOUNT)
WEIGHTS = st.lists(AMOUNTS, min_size=1, max_size=8)
GST = TaxTerm(party=TaxParty.PROVIDER, name="GST", basis_points=1_500, tax_number="123")


@given(AMOUNTS, WEIGHTS, CURRENCIES)
def test_parts_always_add_up_exactly(amount: int, weights: list[int], currency: str) -> None:
    parts = spread(amount, weights, charge_step(currency))
    assert sum(parts) == amount
    assert len(parts) == len(weights)


@given(AMOUNTS, st.integers(0, MAX_AMOUNT), CURRENCIES)
def test_one_line_gets_exactly_the_amount(amount: int, weight: int, currency: str) -> None:
    assert spread(amount, [weight], charge_step(currency)) == [amount]


@given(AMOUNTS, WEIGHTS.filter(lambda weights: sum(weights) > 0), CURRENCIES)
def test_no_part_has_the_wrong_sign_or_is_far_from_its_proportion(
    amount: int, weights: list[int], currency: str
) -> None:
    step = charge_step(currency)
    for part, weight in zip(spread(amount, weights, step), weights, strict=True):
        assert part * weight * amount >= 0
        assert abs(part * sum(weights) - amount * weight) <= step * sum(weights)


@given(WEIGHTS.filter(lambda weights: sum(weights) > 0), CURRENCIES, st.data())
def test_parts_of_less_than_the_whole_are_no_larger_than_their_weights(
    weights: list[int], currency: str, data: st.DataObject
) -> None:
    step = charge_step(currency)
    weights = [weight * step for weight in weights]
    amount = data.draw(st.integers(0, sum(weights) // step)) * step
    parts = spread(amount, weights, step)
    assert all(abs(part) <= abs(weight) and part % step == 0 for part, weight in zip(parts, weights, strict=True))
    assert spread(sum(weights), weights, step) == weights


def test_without_a_proportion_the_first_gets_everything() -> None:
    assert spread(700, [0, 0]) == [700, 0]
    assert spread(-700, [100, -300]) == [-700, 0]


def test_an_amount_that_is_no_multiple_of_the_step_is_spread_in_single_units() -> None:
    assert spread(1_005, [1, 1], 10) == [503, 502]


def test_a_price_without_lines_is_one_line_for_the_service() -> None:
    document = {"total": {"amount": 12_500, "currency": "nzd"}, "taxes": [GST.model_dump()]}
    price = PriceSnapshot.model_validate({**document, "commission_basis_points": 1_200})
    (line,) = price.lines
    assert (line.id, line.kind, line.amount, line.taxes) == ("line_1", LineKind.SERVICE, price.total, [GST])
    assert price.total == Money(amount=12_500, currency="nzd")


def test_what_is_written_has_lines_and_what_earlier_code_reads() -> None:
    price = make_booking().price
    assert PriceSnapshot.model_validate(price.model_dump()) == price
    assert price.model_dump()["total"] == {"amount": 12_500, "currency": "nzd"}


def test_the_total_is_the_sum_of_the_lines_whatever_a_document_says() -> None:
    lines = [
        PriceLine(id="line_1", kind=LineKind.SERVICE, unit_amount=Money(amount=8_000, currency="nzd"), taxes=[GST]),
        PriceLine(id="line_2", kind=LineKind.OPTION, unit_amount=Money(amount=750, currency="nzd"), quantity=2),
        PriceLine(id="line_3", kind=LineKind.DISCOUNT, unit_amount=Money(amount=-500, currency="nzd"), taxes=[GST]),
    ]
    price = PriceSnapshot(lines=lines, commission_basis_points=1_200)
    assert price.total.amount == 9_000
    assert price.taxes == [GST]
    again = PriceSnapshot.model_validate({**price.model_dump(), "total": {"amount": 1, "currency": "nzd"}})
    assert again == price


def test_a_price_has_a_line() -> None:
    with pytest.raises(ValidationError):
        PriceSnapshot(commission_basis_points=0)
