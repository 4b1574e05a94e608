"""Prices as numbers that go by currency first, so that amounts of different currencies are never compared.

One indexed number then serves filters and orders by price: a currency is a contiguous span of it.
"""

from typing import Final

from common.domain.shared.money import MAX_AMOUNT, Money

_LETTERS = 26
_FIRST = ord("a")
_SPAN: Final = 1_000_000_000
#: Stands for the price of what is priced by quote: behind every currency.
NO_PRICE: Final = _LETTERS**3 * _SPAN


def price_key(price: Money | None) -> int:
    """The number that a price is filed under; ``NO_PRICE`` for none. Below 2 ** 53, so floats hold it exactly."""
    return NO_PRICE if price is None else _base(price.currency) + price.amount


def price_span(currency: str, lowest: int | None, highest: int | None) -> tuple[int, int]:
    """First and last number of a currency's prices from ``lowest`` to ``highest`` minor units, both inclusive."""
    base = _base(currency)
    return base + (lowest or 0), base + (MAX_AMOUNT if highest is None else highest)


def price_of(key: int) -> Money | None:
    """The price that a number stands for."""
    if key >= NO_PRICE:
        return None
    number, amount = divmod(key, _SPAN)
    letters = []
    for _ in range(3):
        number, letter = divmod(number, _LETTERS)
        letters.append(chr(_FIRST + letter))
    return Money(amount=amount, currency="".join(reversed(letters)))


def _base(currency: str) -> int:
    number = 0
    for letter in currency:
        number = number * _LETTERS + ord(letter) - _FIRST
    return number * _SPAN
