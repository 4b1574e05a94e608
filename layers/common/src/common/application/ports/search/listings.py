"""What searches read: listings in index order, words, and how often categories are booked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from common.domain.catalogue.facet_estimates import Counts
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.shared.geo import Point


class ListingKind(StrEnum):
    """What is looked for."""

    SERVICES = "services"
    PROVIDERS = "providers"


class Order(StrEnum):
    """Orders that an index gives."""

    DISTANCE = "distance"
    RATING = "rating"
    PRICE = "price"


class Position(NamedTuple):
    """A place in an order: the value it is by, and the id that breaks ties."""

    value: float
    id: str


@dataclass(frozen=True)
class WordGroup:
    """Tokens of which a listing must have one, and how many listings have any, as far as known."""

    tokens: tuple[str, ...]
    used: int = 0


@dataclass(frozen=True)
class Criteria:
    """What a listing must meet; prices in minor units of ``currency``, distances in metres.

    ``category`` is a slug of the tree; ``leaves`` are what is below it, where the words bound the search. With a point,
    the listing's provider must also reach it. ``provider_name`` are stems that its name must have. With a currency,
    only what is priced in it meets them; the order by price needs one. ``doubt_m`` is how far from the point the place
    that was meant may lie, which widens what reaches it. With ``place_kind`` it can be done there, with a point alone
    in person; online no point counts.
    """

    groups: tuple[WordGroup, ...] = ()
    category: str | None = None
    leaves: tuple[str, ...] = ()
    point: Point | None = None
    radius_m: float = 0
    min_rating: float | None = None
    currency: str | None = None
    min_price: int | None = None
    max_price: int | None = None
    provider_name: tuple[str, ...] = ()
    doubt_m: float = 0
    place_kind: PlaceKind | None = None

    @property
    def is_by_tokens(self) -> bool:
        """Whether what bounds it are tokens, so that no index has the order by price or, near a point, by rating."""
        return bool(self.groups) or self.place_kind is not None


@dataclass(frozen=True, slots=True)
class Hit:
    """One listing that was found; ``price`` is a ``price_key``, ``unit_amount`` minor units, ``point`` its place."""

    id: str
    provider_id: str
    title: str
    trading_name: str
    category: str
    categories: Sequence[str]
    price: int
    price_type: str
    unit_amount: int | None
    currency: str | None
    duration_minutes: int
    image: str | None
    auto_accept: bool
    is_verified: bool
    rating_count: int
    rating_total: int
    mean: float
    score: float
    reach_m: int
    visit_m: int
    point: Point
    place_kinds: Sequence[str]
    distance_m: float | None
    resource_ids: Sequence[str]

    def position(self, order: Order) -> Position:
        """Its place in an order."""
        if order is Order.DISTANCE:
            return Position(self.distance_m or 0.0, self.id)
        return Position(float(self.price if order is Order.PRICE else self.score), self.id)


class Sample(NamedTuple):
    """What facets count of one listing; ``price`` is a ``price_key``."""

    category: str
    price: int
    mean: float
    place_kinds: Sequence[str]


@dataclass(frozen=True)
class Scan:
    """A stretch of an order, and where it ended; ``None`` where nothing comes after it."""

    hits: Sequence[Hit]
    end: Position | None


class ListingIndex(Protocol):
    """Listings, read only through their indexes."""

    async def scan(
        self,
        kind: ListingKind,
        criteria: Criteria,
        order: Order,
        *,
        limit: int,
        after: Position | None = None,
        until: Position | None = None,
    ) -> Scan:
        """Listings in an order: nearest, best rated or cheapest first.

        Args:
            kind: services or providers.
            criteria: what they must meet.
            order: ``DISTANCE`` needs a point.
            limit: how many at most.
            after: begin behind this place.
            until: end at this place, inclusive.

        Raises:
            Unavailable: the database is unavailable.
        """
        ...

    async def sample(self, kind: ListingKind, criteria: Criteria, *, limit: int) -> tuple[Sequence[Sample], bool]:
        """What facets count of the first listings (the nearest, or the best rated), and whether those are all."""
        ...


class Usage(NamedTuple):
    """How many listings have a stem or tag, and whether a title, a name or a category has it, not just descriptions."""

    times: int
    is_named: bool


class Vocabulary(Protocol):
    """The words that searches know."""

    async def used(self, stems: Sequence[str]) -> Mapping[str, Usage]:
        """How many listings have each stem or tag, roughly; unknown ones are left out."""
        ...

    async def completions(self, prefix: str, limit: int) -> Sequence[str]:
        """Known words that begin so, the most used first."""
        ...

    async def corrections(self, word: str, limit: int) -> Sequence[str]:
        """Known words that this one may have been meant to be, the likeliest first."""
        ...


class CategoryCount(NamedTuple):
    """A leaf of the tree with its active services and recent bookings."""

    slug: str
    services: int
    bookings: int


class BookingCounts(Protocol):
    """How often categories have been booked, by day and place."""

    async def advance(self, since: datetime, now: datetime) -> int | None:
        """Count the next stretch of bookings, at most an hour of them.

        Args:
            since: where counting begins at the first time.
            now: the present instant; the last minutes are left to the next time.

        Returns:
            How many were counted; ``None`` where there is nothing to count, or another one has just counted it.
        """
        ...

    async def reset(self) -> None:
        """Forget all counts, so that everything is counted anew."""
        ...


class FacetCounters(Protocol):
    """Counters of listings by map tile and category."""

    async def read(self, kind: ListingKind, category: str | None, tiles: Sequence[str]) -> Mapping[str, Counts] | None:
        """Counters of a category, or of everything, by tile; those that count nothing are left out.

        Returns:
            ``None`` while counters have not been built.
        """
        ...


class FacetChanges(Protocol):
    """Changes of listings that wait to be counted."""

    async def fold(self, now: datetime) -> int | None:
        """Add the next changes to the counters, a bounded number of them.

        Args:
            now: the present instant.

        Returns:
            How many were counted; ``None`` where none waits, or all wait for counters that are being built.
        """
        ...


class Popularity(Protocol):
    """How much categories are offered and booked."""

    async def count_by_category(
        self, leaves: Sequence[str], point: Point | None, radius_m: float, since: datetime
    ) -> Sequence[CategoryCount]:
        """Counts of each of the leaves that has any, near a point or everywhere; counts stop at some thousands."""
        ...
