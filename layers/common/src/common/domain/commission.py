"""Our commission and what remains for the provider."""

from common.domain.bookings import PriceSnapshot
from common.domain.money import rounded_share


def commission_of(price: PriceSnapshot, kept: int) -> int:
    """Commission on what the customer really paid: the snapshotted share, at least the minimum, never more than it.

    Args:
        price: the snapshot with the share and the minimum.
        kept: what was paid and not given back, in minor units.
    """
    if kept <= 0:
        return 0
    return min(kept, max(rounded_share(kept, price.commission_basis_points), price.commission_minimum))


def provider_share(price: PriceSnapshot, kept: int) -> int:
    """What the provider gets of ``kept`` minor units: all but the commission."""
    return max(kept, 0) - commission_of(price, kept)
