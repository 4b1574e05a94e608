"""What somebody who is asked sees of a place: its area, and a point about a kilometre off.

The point follows from the place alone (``geo.blurred``), so that no number of requests or offers narrows it down. All
that is measured for a provider is measured from it: the distance of an offer and its points give nothing away either.
"""

from functools import lru_cache

from common.domain.bookings.booking import Place
from common.domain.bookings.disclosure import area_of
from common.domain.shared.geo import Point, blurred, distance_m


def blurred_place(place: Place) -> Place:
    """A place as a provider sees it who has not agreed to anything: the suburb and the blurred point."""
    return area_of(place)


def shown_distance_m(place: Place, provider: Point) -> int | None:
    """Metres from a provider to the point that is shown in a place's stead; ``None`` for a place without a point."""
    if place.lat is None or place.lng is None:
        return None
    return round(distance_m(_shown(Point(place.lat, place.lng)), provider))


@lru_cache(maxsize=64)
def _shown(point: Point) -> Point:
    """A search measures from one place to many providers."""
    return blurred(point)


def exact_distance_m(place: Place, provider: Point) -> int | None:
    """Metres from a provider to the place itself, for deciding alone; ``None`` for a place without a point."""
    if place.lat is None or place.lng is None:
        return None
    return round(distance_m(Point(place.lat, place.lng), provider))
