"""What the use cases of searching need."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from common.application.ports.catalogue.geocoding import Geocoder, PlaceNames
from common.application.ports.catalogue.repositories import BusyTimes, Categories, Providers
from common.application.ports.search.listings import CategoryCount, FacetCounters, ListingIndex, Popularity, Vocabulary
from common.application.ports.shared.clock import Clock


@dataclass
class PopularCache:
    """Popular categories of the last minutes, by map tile."""

    rows: dict[str, tuple[datetime, Sequence[CategoryCount]]] = field(default_factory=dict)


@dataclass
class CurrencyCache:
    """What listings are priced in, of the last minutes, by kind and map tile."""

    rows: dict[str, tuple[datetime, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class SearchDeps:
    """Ports of the use cases of searching.

    ``most_checked`` listings are looked at for one page where a filter on free time drops most of them, in batches that
    grow; a page that is not full then is shorter, and its cursor goes on behind what has been judged.
    """

    clock: Clock
    listings: ListingIndex
    counters: FacetCounters
    vocabulary: Vocabulary
    categories: Categories
    providers: Providers
    busy: BusyTimes
    popularity: Popularity
    geocoder: Geocoder
    places: PlaceNames
    popular: PopularCache = field(default_factory=PopularCache)
    currencies: CurrencyCache = field(default_factory=CurrencyCache)
    most_checked: int = 1_000
