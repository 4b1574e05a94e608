"""The tax in amounts of a booking, by lines: each line has its own terms, and each term is computed once.

What a term applies to is summed first and its tax rounded once, as if there were one line; the tax is then spread over
the lines by the one rule, so that what lines show adds up to what the receipt shows.
"""

from collections.abc import Sequence

from common.domain.bookings.booking import PriceSnapshot
from common.domain.bookings.commission import commission_by_line
from common.domain.bookings.price_lines import spread
from common.domain.payments.tax import TaxLine, TaxParty, TaxTerm, tax_line
from common.domain.shared.money import Money


def provider_taxes(price: PriceSnapshot, paid: int) -> list[TaxLine]:
    """The tax that the provider owes on what the customer has paid, in minor units; none where that is nothing."""
    parts = price.spread(paid)
    terms = [term for term in price.taxes if term.party is TaxParty.PROVIDER]
    return _taxes(price, terms, parts)


def platform_taxes(price: PriceSnapshot, commission: int) -> list[TaxLine]:
    """The tax that we owe on our commission, fees included, in minor units; none where that is nothing."""
    parts = spread(commission, commission_by_line(price, price.total.amount))
    terms = [term for term in price.taxes if term.party is TaxParty.PLATFORM]
    return _taxes(price, terms, parts)


def receipt_taxes(price: PriceSnapshot, paid: int) -> list[TaxLine]:
    """The taxes that a customer's receipt shows of what was paid: those of whose money each line is."""
    parts = price.spread(paid)
    bases = [(term, _shown(price, term, parts)) for term in price.taxes]
    return [_tax(price, term, each) for term, each in bases if sum(each) > 0]


def taxes_by_line(price: PriceSnapshot) -> list[list[TaxLine]]:
    """For each line the taxes contained in its amount, which add up to the receipt's of the whole price."""
    amounts = [each.amount.amount for each in price.lines]
    by_line: list[list[TaxLine]] = [[] for _ in price.lines]
    for term in price.taxes:
        bases = _shown(price, term, amounts)
        taxes = spread(_tax(price, term, bases).amount.amount, bases)
        for shown, base, tax in zip(by_line, bases, taxes, strict=True):
            if base:
                amount = Money(amount=tax, currency=price.currency)
                shown.append(TaxLine(**term.model_dump(), amount=amount))
    return by_line


def _taxes(price: PriceSnapshot, terms: Sequence[TaxTerm], parts: Sequence[int]) -> list[TaxLine]:
    bases = [(term, _bases(price, term, parts)) for term in terms]
    return [_tax(price, term, each) for term, each in bases if sum(each) > 0]


def _bases(price: PriceSnapshot, term: TaxTerm, parts: Sequence[int]) -> list[int]:
    return [part if term in line.taxes else 0 for line, part in zip(price.lines, parts, strict=True)]


def _shown(price: PriceSnapshot, term: TaxTerm, parts: Sequence[int]) -> list[int]:
    owed = [line.borne_by.value == term.party.value for line in price.lines]
    return [part if is_owed else 0 for part, is_owed in zip(_bases(price, term, parts), owed, strict=True)]


def _tax(price: PriceSnapshot, term: TaxTerm, bases: Sequence[int]) -> TaxLine:
    return tax_line(term, Money(amount=max(sum(bases), 0), currency=price.currency))
