"""Goods and services tax on receipts: contained in the price, and in our commission.

Rates: New Zealand 15 % (Goods and Services Tax Act 1985, s 8), Australia 10 % (A New Tax System (Goods and Services
Tax) Act 1999, s 9-70). Who is not registered for it charges none, so that a provider's line needs the provider's number
and a line on our commission needs the platform's. Rates and the platform's numbers are configuration; what applied when
a booking was made is kept with it. Tax is only shown, not charged on top: prices and commission include it.
"""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from common.domain.shared.model import Model
from common.domain.shared.money import Money

_BASIS_POINTS = 10_000


class TaxParty(StrEnum):
    """Who owes the tax: the provider on what the customer pays, the platform on its commission."""

    PROVIDER = "provider"
    PLATFORM = "platform"


class TaxRule(Model):
    """A tax that is included in prices: its name and rate in basis points."""

    name: str = Field(min_length=1, max_length=40)
    basis_points: int = Field(gt=0, le=_BASIS_POINTS)


class TaxTerm(Model):
    """A tax that a booking's receipts show, as it was when the booking was made."""

    party: TaxParty
    name: str
    basis_points: int
    tax_number: str


class TaxLine(Model):
    """The tax in an amount, and who owes it."""

    party: TaxParty
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


def tax_terms(
    currency: str, rules: Mapping[str, TaxRule], *, provider_number: str | None, platform_number: str | None
) -> list[TaxTerm]:
    """The taxes of a booking in a currency: one for each party that is registered, none where the country has none."""
    rule = rules.get(currency)
    numbers = {TaxParty.PROVIDER: provider_number, TaxParty.PLATFORM: platform_number}
    return [
        TaxTerm(party=party, name=rule.name, basis_points=rule.basis_points, tax_number=number)
        for party, number in numbers.items()
        if rule is not None and number
    ]


def tax_line(term: TaxTerm, amount: Money) -> TaxLine:
    """The line that a receipt shows of a tax: what is contained in the amount its party took."""
    tax = Money(amount=included_tax(amount.amount, term.basis_points), currency=amount.currency)
    return TaxLine(**term.model_dump(), amount=tax)
