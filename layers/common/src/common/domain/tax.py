"""Goods and services tax, which is part of the price, on receipts.

Rates: New Zealand 15 % (Goods and Services Tax Act 1985, s 8), Australia 10 % (A New Tax System (Goods and Services
Tax) Act 1999, s 9-70). Who is not registered for it charges none.
"""

from collections.abc import Mapping

from common.domain.model import Model
from common.domain.money import Money

_BASIS_POINTS = 10_000


class TaxRule(Model):
    """A tax that is included in prices: its name and rate in basis points."""

    name: str
    basis_points: int


class TaxLine(Model):
    """The tax in an amount, and who owes it."""

    name: str
    basis_points: int
    amount: Money
    tax_number: str


#: By the currency of the price, which is that of the country where the work is done.
TAX_RULES: Mapping[str, TaxRule] = {
    "nzd": TaxRule(name="GST", basis_points=1_500),
    "aud": TaxRule(name="GST", basis_points=1_000),
}


def included_tax(amount: int, basis_points: int) -> int:
    """The tax contained in an amount that includes it, rounded half up: 3/23 of it at 15 %, 1/11 at 10 %."""
    divisor = _BASIS_POINTS + basis_points
    return (2 * amount * basis_points + divisor) // (2 * divisor)


def tax_line(amount: Money, tax_number: str | None) -> TaxLine | None:
    """The tax line of an amount; ``None`` where its seller is not registered or the country has none."""
    rule = TAX_RULES.get(amount.currency)
    if rule is None or not tax_number:
        return None
    tax = Money(amount=included_tax(amount.amount, rule.basis_points), currency=amount.currency)
    return TaxLine(name=rule.name, basis_points=rule.basis_points, amount=tax, tax_number=tax_number)
