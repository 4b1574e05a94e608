"""The tax in amounts of a booking, by lines: each line has its own terms, and each term is computed once.

What a term applies to is summed first and its tax rounded once, as if there were one line; the tax is then spread over
the lines by the one rule, so that what lines show adds up to what the receipt shows.
"""

from collections.abc import Sequence

from common.domain.bookings.booking import PriceSnapshot
from common.domain.bookings.commission import commission_by_line
from common.domain.bookings.price_lines import PriceLine, spread
from common.domain.payments.tax import TaxLine, TaxParty, TaxTerm, tax_line
from common.domain.shared.money import Money


def provider_taxes(price: PriceSnapshot, paid: int) -> list[TaxLine]:
    """The tax that the provider owes on what the customer has paid, in minor units."""
    terms = [term for term in price.taxes if term.party is TaxParty.PROVIDER]
    parts = price.spread(paid)
    return [_tax(price, term, _bases(price, term, parts)) for term in terms]


def platform_taxes(price: PriceSnapshot, commission: int) -> list[TaxLine]:
    """The tax that we owe on our commission, fees included, in minor units."""
    terms = [term for term in price.taxes if term.party is TaxParty.PLATFORM]
    parts = spread(commission, commission_by_line(price, price.total.amount))
    return [_tax(price, term, _bases(price, term, parts)) for term in terms]


def receipt_taxes(price: PriceSnapshot, paid: int) -> list[TaxLine]:
    """The taxes that a customer's receipt shows of what was paid: those of whose money each line is."""
    parts = price.spread(paid)
    return [_tax(price, term, _shown(price, term, parts)) for term in _shown_terms(price)]


def taxes_by_line(price: PriceSnapshot, parts: Sequence[int] | None = None) -> list[list[TaxLine]]:
    """For each line the taxes contained in its part, which add up to the receipt's of the whole.

    Args:
        price: with the lines and their terms.
        parts: minor units of each line that moved, of one sign with the lines' amounts; those amounts without it.
    """
    amounts = [each.minor_units for each in price.lines] if parts is None else parts
    by_line: list[list[TaxLine]] = [[] for _ in price.lines]
    for term in _shown_terms(price):
        bases = _shown(price, term, amounts)
        taxes = spread(_tax(price, term, bases).amount.amount, bases)
        for shown, base, tax in zip(by_line, bases, taxes, strict=True):
            if base:
                shown.append(TaxLine(**term.model_dump(), amount=Money(amount=tax, currency=price.currency)))
    return by_line


def _shown_terms(price: PriceSnapshot) -> list[TaxTerm]:
    return [term for term in price.taxes if any(_shows(line, term) for line in price.lines)]


def _shows(line: PriceLine, term: TaxTerm) -> bool:
    return term in line.taxes and line.borne_by.value == term.party.value


def _shown(price: PriceSnapshot, term: TaxTerm, parts: Sequence[int]) -> list[int]:
    return [part if _shows(line, term) else 0 for line, part in zip(price.lines, parts, strict=True)]


def _bases(price: PriceSnapshot, term: TaxTerm, parts: Sequence[int]) -> list[int]:
    return [part if term in line.taxes else 0 for line, part in zip(price.lines, parts, strict=True)]


def _tax(price: PriceSnapshot, term: TaxTerm, bases: Sequence[int]) -> TaxLine:
    return tax_line(term, Money(amount=max(sum(bases), 0), currency=price.currency))
