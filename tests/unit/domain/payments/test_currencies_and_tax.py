from __future__ import annotations

from datetime import timedelta

import pytest
from common.application.notifications.booking_data import commission_lines, receipt_lines
from common.application.payments.views import tax_lines
from common.domain.bookings.settings import BookingSettings
from common.domain.bookings.state_machine import SlotVerdict, create
from common.domain.payments.currencies import charge_problem
from common.domain.payments.tax import TAX_RULES, TaxParty, included_tax, tax_line, tax_terms
from common.domain.shared.display import local_time_text, money_text
from common.domain.shared.money import MAX_AMOUNT, Money
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.clock import START
from tests.unit.domain.bookings.support import NOW, make_new_booking, make_provider, make_service


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
        (500_000, "ugx", True),
        (500_050, "ugx", False),
        (10_000, "isk", True),
        (10_001, "isk", False),
        (400, "hkd", True),
        (399, "hkd", False),
        (MAX_AMOUNT, "nzd", True),
        (MAX_AMOUNT + 1, "nzd", False),
        (5_000, "xxx", False),
        (5_000, "zzz", False),
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
        (1_500, "jpy", "JPY 1,500"),
        (500_000, "ugx", "UGX 5,000.00"),
    ],
)
def test_money_reads_with_its_currencys_digits(amount: int, currency: str, text: str) -> None:
    assert money_text(Money(amount=amount, currency=currency)) == text


def test_an_instant_reads_on_the_clock_of_its_place() -> None:
    assert local_time_text(START, "Pacific/Auckland") == "Mon 4 Mar 2030, 13:00 NZDT"


def test_gst_is_three_twenty_thirds_and_one_eleventh() -> None:
    assert included_tax(11_500, 1_500) == 1_500
    assert included_tax(11_000, 1_000) == 1_000


@given(st.integers(min_value=0, max_value=MAX_AMOUNT), st.sampled_from([1_000, 1_500]))
def test_the_tax_in_an_amount_is_what_its_net_part_bears(amount: int, rate: int) -> None:
    tax = included_tax(amount, rate)
    assert 0 <= tax <= amount
    assert abs(tax * 10_000 - (amount - tax) * rate) <= 10_000 + rate


def test_only_the_registered_charge_tax_and_only_where_there_is_one() -> None:
    numbers = {"provider_number": "12-345-678", "platform_number": "99-999-999"}
    assert tax_terms("nzd", TAX_RULES, provider_number=None, platform_number="") == []
    assert tax_terms("usd", TAX_RULES, **numbers) == []
    seller, platform = tax_terms("nzd", TAX_RULES, **numbers)
    assert (seller.party, platform.party) == (TaxParty.PROVIDER, TaxParty.PLATFORM)
    line = tax_line(seller, Money(amount=11_500, currency="nzd"))
    assert (line.amount.amount, line.tax_number) == (1_500, "12-345-678")
    assert tax_line(platform, Money(amount=1_500, currency="nzd")).amount.amount == 196
    (australian,) = tax_terms("aud", TAX_RULES, provider_number="51 824 753 556", platform_number=None)
    assert australian.basis_points == 1_000


def test_a_platform_that_is_registered_shows_the_tax_in_its_commission() -> None:
    settings = BookingSettings(platform_tax_numbers={"nzd": "99-999-999"})
    seller = make_provider(tax_number="12-345-678")
    made = create(
        make_new_booking(NOW + timedelta(days=4)), make_service(), seller, SlotVerdict(), NOW, settings
    ).booking
    assert tax_lines(made) == []
    paid = made.first_charge.model_copy(update={"captured_amount": 11_500, "commission_amount": 1_380})
    booking = made.model_copy(update={"charges": [paid]})
    assert [(line.party, line.amount.amount) for line in tax_lines(booking)] == [("provider", 1_500), ("platform", 180)]
    assert receipt_lines(booking, 11_500)[-1] == "Includes GST 15% (number 12-345-678): NZD 15.00"
    assert commission_lines(booking) == [
        "Our commission: NZD 13.80",
        "Includes GST 15% (number 99-999-999): NZD 1.80",
    ]
