"""Prices as numbers: back and forth, and never across currencies."""

from common.domain.catalogue.price_keys import NO_PRICE, price_key, price_of, price_span
from common.domain.shared.money import MAX_AMOUNT, Money
from hypothesis import given
from hypothesis import strategies as st

codes = st.text("abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=3)
prices = st.builds(Money, amount=st.integers(0, MAX_AMOUNT), currency=codes)


@given(prices)
def test_a_number_stands_for_one_price(price: Money) -> None:
    key = price_key(price)
    assert price_of(key) == price
    assert float(key) == key < NO_PRICE


@given(prices, prices)
def test_amounts_compare_within_a_currency_and_spans_hold_one_alone(left: Money, right: Money) -> None:
    first, last = price_span(left.currency, None, None)
    assert first <= price_key(left) <= last
    assert (first <= price_key(right) <= last) == (left.currency == right.currency)
    if left.currency == right.currency:
        assert (price_key(left) < price_key(right)) == (left.amount < right.amount)


def test_what_has_no_price_comes_last() -> None:
    assert price_key(None) == NO_PRICE > price_key(Money(amount=MAX_AMOUNT, currency="zzz"))
    assert price_of(NO_PRICE) is None
    assert price_span("nzd", 500, 900) == (price_key(Money(amount=500, currency="nzd")), price_span("nzd", 0, 900)[1])
