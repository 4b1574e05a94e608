"""Counters of listings by map tile and category: what facets and popular categories are made of.

A counter has a part for each band of reach, so that near a point only those count who come so far. A part's fields:

- ``n``, how many listings; ``m``, the sum of their reach in metres.
- ``x``, ``y`` and ``q``, the sums of their columns and rows among cells of a kilometre, and of the squares of both:
  where in the tile they are, and how far apart.
- ``c:<leaf>`` by category, ``p:<currency><band>`` by price, ``r:<band>`` by mean stars, ``k:<kind>`` by kind of place.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeVar

from common.domain.catalogue.listings import EVERYWHERE, FROM_ANYWHERE_M, area_key
from common.domain.catalogue.place_kinds import DEFAULT_PLACE_KINDS
from common.domain.catalogue.price_keys import price_of
from common.domain.shared.geo import Point, tile
from common.domain.shared.patches import CELL_LEVEL, PATCH_LEVELS

#: Lower edges of the price bands in minor units; each ends where the next begins.
PRICE_EDGES = (0, 5_000, 10_000, 20_000, 50_000)
#: Least mean stars, the best first.
RATING_EDGES = (4.5, 4.0, 3.0)
#: Lower edges of the bands of reach in metres; the last is that of places to go to.
REACH_EDGES = (0, 2_000, 5_000, 10_000, 20_000, 35_000, 50_000, FROM_ANYWHERE_M)
#: The part of those whom nobody meets in person.
NOWHERE: Final = "nowhere"
NUMBER, REACH, COLUMNS, ROWS, SQUARES = "n", "m", "x", "y", "q"
CATEGORY, PRICE, RATING, PLACE = "c:", "p:", "r:", "k:"
#: What an entry is made of, as fields of a listing's document.
ENTRY_FIELDS: Final = ("category", "categories", "location", "reach_m", "place_kinds", "price", "mean")

T = TypeVar("T")


class FacetEntry(NamedTuple):
    """What counters count of one listing, and where: nothing that names it or its provider.

    ``cell`` is of about a kilometre, ``path`` the categories it is filed under, ``price`` a currency with the number of
    a band (empty for none), ``rating`` the number of a band of ``RATING_EDGES``.
    """

    kind: str
    cell: str
    path: tuple[str, ...]
    category: str
    reach_m: int
    price: str
    rating: int
    places: tuple[str, ...]


def entry_of(kind: str, listing: Mapping[str, Any]) -> FacetEntry:
    """What counters count of a listing.

    Args:
        kind: services or providers.
        listing: its document, or the ``ENTRY_FIELDS`` of it.
    """
    lng, lat = listing["location"]["coordinates"]
    return FacetEntry(
        kind,
        _shared(tile(Point(lat, lng), CELL_LEVEL)),
        _shared(tuple(listing["categories"])),
        _shared(listing["category"]),
        listing["reach_m"],
        _shared(_price_band(listing["price"])),
        sum(listing["mean"] < edge for edge in RATING_EDGES),
        _shared(tuple(listing.get("place_kinds") or DEFAULT_PLACE_KINDS)),
    )


def entries_of(kind: str, listings: Iterable[Mapping[str, Any]]) -> Iterator[FacetEntry]:
    """What counters count of some listings; one that is nowhere is damaged, and counts for nothing.

    Args:
        kind: services or providers.
        listings: their documents, or the ``ENTRY_FIELDS`` of them.
    """
    return (entry_of(kind, each) for each in listings if "location" in each)


def counter_id(kind: str, category: str, tile_name: str) -> str:
    """Which counter counts a kind of listings of a category in a tile, or everywhere."""
    return f"{kind[0]}:{area_key(category, tile_name)}"


@lru_cache(maxsize=4096)
def tiles_of(cell: str) -> tuple[str, ...]:
    """The tiles of all levels that hold a cell, the largest first."""
    x, y = _position(cell)
    return tuple([f"{level}/{x >> CELL_LEVEL - level}/{y >> CELL_LEVEL - level}" for level in PATCH_LEVELS])


def areas_of(cell: str) -> tuple[str, ...]:
    """All that counts what lies in a cell: everywhere, and the tiles that hold it."""
    return (EVERYWHERE, *tiles_of(cell))


def increments(
    entries: Mapping[FacetEntry, int], areas: Callable[[str], tuple[str, ...]] = areas_of
) -> dict[str, Counter[str]]:
    """What to add to which counters, by paths of fields.

    Args:
        entries: with how many of each there are more.
        areas: of which of the areas that count what lies in a cell.
    """
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for entry, number in entries.items():
        fields = _fields(entry)
        for area in areas(entry.cell):
            for slug in entry.path:
                counter = found[counter_id(entry.kind, slug, area)]
                for field, amount in fields:
                    counter[field] += amount * number
    return found


def band_of(reach_m: int) -> str:
    """The part of a counter in which a listing counts."""
    return f"b{bisect_right(REACH_EDGES, reach_m) - 1}" if reach_m >= 0 else NOWHERE


def _fields(entry: FacetEntry) -> list[tuple[str, int]]:
    band = band_of(entry.reach_m)
    names = [NUMBER, CATEGORY + entry.category, f"{RATING}{entry.rating}", *(PLACE + kind for kind in entry.places)]
    if entry.price:
        names.append(PRICE + entry.price)
    x, y = _position(entry.cell)
    sums = {REACH: max(0, entry.reach_m), COLUMNS: x, ROWS: y, SQUARES: x * x + y * y}
    return [(f"{band}.{name}", number) for name, number in (*sums.items(), *((name, 1) for name in names))]


def _position(cell: str) -> tuple[int, int]:
    _, x, y = cell.split("/")
    return int(x), int(y)


@lru_cache(maxsize=16_384)
def _shared(value: T) -> T:
    """The same value as before where one was equal: a million entries have few different ones."""
    return value


def _price_band(key: int) -> str:
    price = price_of(key)
    return f"{price.currency}{bisect_right(PRICE_EDGES, price.amount) - 1}" if price else ""
