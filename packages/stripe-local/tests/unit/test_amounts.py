"""Bounds of amounts, fees, and test cards."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stripe_local.protocol.errors import StripeError
from stripe_local.reference import cards, currencies
from stripe_local.reference.settings import Settings

SETTINGS = Settings()


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (49, "nzd", "amount_too_small"),
        (49, "jpy", "amount_too_small"),
        (0, "nzd", "parameter_invalid_integer"),
        (100_000_000, "nzd", "amount_too_large"),
        (1_001, "bhd", "parameter_invalid_integer"),
        (1_000_050, "ugx", "parameter_invalid_integer"),
        (100_050, "isk", "parameter_invalid_integer"),
        (3_000, "ugx", "amount_too_small"),
    ],
)
def test_charges_have_bounds(amount: int, currency: str, code: str) -> None:
    with pytest.raises(StripeError) as caught:
        currencies.check_charge(amount, currency, SETTINGS)
    assert caught.value.error["code"] == code


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (1_250, "nzd", "12.50 NZD"),
        (1_250, "jpy", "1,250 JPY"),
        (1_250, "bhd", "1.250 BHD"),
        (500_000, "ugx", "5,000.00 UGX"),
    ],
)
def test_amounts_are_shown_by_their_exponent(amount: int, currency: str, text: str) -> None:
    assert currencies.display(amount, currency) == text


def test_conversion_follows_rates_and_decimals() -> None:
    settings = Settings(rates={"nzd": 1.6, "usd": 1.0, "jpy": 160.0}, conversion_fee_basis_points=0)
    assert currencies.convert(10_000, "usd", "nzd", settings) == 16_000
    assert currencies.convert(1_600, "jpy", "usd", settings) == 1_000
    assert currencies.convert(-1_000, "usd", "jpy", settings) == -1_600
    assert Settings(rates={"nzd": 1.6, "usd": 1.0}).rate("usd", "nzd") == pytest.approx(1.568)


@given(st.integers(1, 99_999_999))
def test_the_fee_never_exceeds_the_amount(amount: int) -> None:
    assert 0 <= currencies.fee(amount, SETTINGS) <= amount


def test_test_cards_have_valid_numbers_and_tokens() -> None:
    for token in ("pm_card_visa", "pm_card_chargeDeclined", "pm_card_createDispute", "tok_visa"):
        card = cards.by_token(token)
        assert card is not None
        assert cards.passes_luhn(card.number)
        assert cards.by_number(card.number) is card
    assert not cards.passes_luhn("4242424242424241")
    assert cards.by_token("pm_card_unknown") is None
