"""Our commission and what remains for the provider.

Which commission a booking gets is configuration and is kept with the booking: a provider's plan goes before the
category of the service, which goes before the platform's own; share and minimum are looked up apart.
"""

from common.domain.bookings.booking import PriceSnapshot
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


def commission_of(price: PriceSnapshot, kept: int) -> int:
    """Commission on what the customer really paid: the snapshotted share, at least the minimum, never more than it.

    In a currency of three digits it is a multiple of ten minor units, so that what remains can be transferred.

    Args:
        price: the snapshot with the share and the minimum.
        kept: what was paid and not given back, in minor units.
    """
    if kept <= 0:
        return 0
    step = charge_step(price.total.currency)
    minimum = -(-price.commission_minimum // step) * step
    return min(kept, max(rounded_share(kept, price.commission_basis_points, step), minimum))


def provider_share(price: PriceSnapshot, kept: int) -> int:
    """What the provider gets of ``kept`` minor units: all but the commission."""
    return max(kept, 0) - commission_of(price, kept)
