"""Our commission and what remains for the provider.

Which commission a booking gets is configuration and is kept with the booking: a provider's plan goes before the
category of the service, which goes before the platform's own; share and minimum are looked up apart.
"""

from common.domain.bookings.booking import PriceSnapshot
from common.domain.bookings.price_lines import LineKind, spread
from common.domain.bookings.settings import BookingSettings
from common.domain.catalogue.providers import Provider
from common.domain.payments.currencies import charge_step
from common.domain.shared.money import rounded_share


def agreed_commission(settings: BookingSettings, provider: Provider, category: str) -> tuple[int, int]:
    """The share in basis points and the minimum in minor units that a new booking gets.

    Args:
        settings: the platform's commission, and that of categories.
        provider: with what their plan says, where it says anything.
        category: slug of the category that the service is filed under.
    """
    rule = settings.commission_by_category.get(category)
    shares = (provider.commission_basis_points, rule.basis_points if rule else None)
    minima = (provider.commission_minimum, rule.minimum if rule else None)
    share = next((each for each in shares if each is not None), settings.commission_basis_points)
    return share, next((each for each in minima if each is not None), settings.commission_minimum)


def commission_by_line(price: PriceSnapshot, kept: int) -> list[int]:
    """Commission on what the customer really paid, line by line: what is kept is spread over the lines first.

    The provider's income (service, options, extras, less the discounts they bear) brings the snapshotted share, at
    least the minimum of the booking and never more than itself. Tips bring none, fees are all ours. A discount that we
    bear reduces the commission on the income, never below nought. In a currency of three digits each part is a multiple
    of ten minor units, so that what remains can be transferred.

    Args:
        price: the lines, the share and the minimum.
        kept: what was paid and not given back, in minor units.

    Returns:
        A part for each line; those of discounts are nought or negative.
    """
    if kept <= 0:
        return [0] * len(price.lines)
    shown = list(zip(price.lines, price.spread(kept), strict=True))
    step = charge_step(price.currency)
    income = [part if line.has_commission else 0 for line, part in shown]
    relief = [part if line.relieves_commission else 0 for line, part in shown]
    fees = [part if line.kind is LineKind.FEE else 0 for line, part in shown]
    share = _share_of_income(price, max(sum(income), 0), step)
    relieved = min(-sum(relief), share)
    kinds = spread(share, income, step), spread(-relieved, [-part for part in relief], step), fees
    parts = [sum(each) for each in zip(*kinds, strict=True)]
    return parts if sum(parts) <= kept else spread(kept, parts, step)


def commission_of(price: PriceSnapshot, kept: int) -> int:
    """The whole commission on what the customer really paid (see ``commission_by_line``), at most all of it.

    Args:
        price: the snapshot with the share and the minimum.
        kept: what was paid and not given back, in minor units.
    """
    return sum(commission_by_line(price, kept))


def provider_share(price: PriceSnapshot, kept: int) -> int:
    """What the provider gets of ``kept`` minor units: all but the commission."""
    return max(kept, 0) - commission_of(price, kept)


def _share_of_income(price: PriceSnapshot, income: int, step: int) -> int:
    minimum = -(-price.commission_minimum // step) * step
    return min(income, max(rounded_share(income, price.commission_basis_points, step), minimum))
