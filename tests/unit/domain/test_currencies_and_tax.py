from __future__ import annotations

import pytest
from common.domain.currencies import charge_problem
from common.domain.display import local_time_text, money_text
from common.domain.money import MAX_AMOUNT, Money
from common.domain.tax import included_tax, tax_line
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.clock import START


@pytest.mark.parametrize(
    ("amount", "currency", "is_fine"),
    [
        (50, "nzd", True),
        (49, "nzd", False),
        (50, "aud", True),
        (30, "gbp", True),
        (29, "gbp", False),
        (50, "jpy", True),
        (49, "jpy", False),
        (1_250, "bhd", True),
        (1_255, "bhd", False),
        (400, "hkd", True),
        (399, "hkd", False),
        (MAX_AMOUNT, "nzd", True),
        (MAX_AMOUNT + 1, "nzd", False),
        (0, "nzd", False),
        (-100, "nzd", False),
    ],
)
def test_what_a_card_can_be_charged(amount: int, currency: str, is_fine: bool) -> None:
    assert (charge_problem(Money(amount=amount, currency=currency)) is None) is is_fine


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (12_500, "nzd", "NZD 125.00"),
        (5, "aud", "AUD 0.05"),
        (-1_250, "bhd", "-BHD 1.250"),
        (1_500, "jpy", "JPY 1500"),
    ],
)
def test_money_reads_with_its_currencys_digits(amount: int, currency: str, text: str) -> None:
    assert money_text(Money(amount=amount, currency=currency)) == text


def test_an_instant_reads_on_the_clock_of_its_place() -> None:
    assert local_time_text(START, "Pacific/Auckland") == "Monday 4 March 2030, 13:00 (Pacific/Auckland)"


def test_gst_is_three_twenty_thirds_and_one_eleventh() -> None:
    assert included_tax(11_500, 1_500) == 1_500
    assert included_tax(11_000, 1_000) == 1_000


@given(st.integers(min_value=0, max_value=MAX_AMOUNT), st.sampled_from([1_000, 1_500]))
def test_the_tax_in_an_amount_is_what_its_net_part_bears(amount: int, rate: int) -> None:
    tax = included_tax(amount, rate)
    assert 0 <= tax <= amount
    assert abs(tax * 10_000 - (amount - tax) * rate) <= 10_000 + rate


def test_only_the_registered_charge_tax_and_only_where_there_is_one() -> None:
    price = Money(amount=11_500, currency="nzd")
    assert tax_line(price, None) is None
    assert tax_line(Money(amount=100, currency="usd"), "12-345-678") is None
    line = tax_line(price, "12-345-678")
    assert line is not None
    assert line.amount.amount == 1_500
