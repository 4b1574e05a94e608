"""Searching services and providers, page by page.

Listings come from an index in its order and are taken in batches. Where the order asked for is the index's own, a batch
is a page. Where it is not (relevance, soonest slot, or words with rating or price), the nearest listings form a batch
that is ranked as a whole before the next one is read. A cursor names the batch by its two ends and the last item shown
by its rank, so rows inserted meanwhile neither repeat nor displace what has been shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from common.application.ports.search.listings import Criteria, Hit, Order, Position
from common.application.search.deps import SearchDeps
from common.application.search.free_time import soonest_slots
from common.application.search.queries import SearchQuery, Sort
from common.application.search.ranking import relevance

#: Batch sizes: what is ranked together. A page reads at most fifty times what it shows.
_RELEVANCE_BATCH = 100
_SLOT_BATCH = 60
_WORDS_BATCH = 1000
_NO_SLOT = float(1 << 52)


@dataclass(frozen=True)
class Bookmark:
    """Where a page ended: the batch, from behind ``after`` up to ``until``, and the rank of the last item shown."""

    after: Position | None = None
    until: Position | None = None
    shown: Position | None = None


@dataclass(frozen=True)
class Found:
    """One page: hits with their soonest slots where those were asked about, and where to go on.

    ``everything`` is all that meets the criteria, where the page's first batch held it.
    """

    hits: Sequence[Hit]
    next: Bookmark | None = None
    slots: Mapping[str, datetime] = field(default_factory=dict)
    everything: Sequence[Hit] | None = None


async def search_listings(
    deps: SearchDeps, query: SearchQuery, criteria: Criteria, *, limit: int, bookmark: Bookmark | None = None
) -> Found:
    """One page of a search.

    Args:
        deps: ports.
        query: as asked.
        criteria: as understood.
        limit: hits of a page.
        bookmark: where the page before ended.
    """
    order, size = _plan(query, criteria, limit)
    place = bookmark or Bookmark()
    hits: list[Hit] = []
    slots: dict[str, datetime] = {}
    everything: Sequence[Hit] | None = None
    judged = 0
    while len(hits) < limit and judged < deps.most_checked:
        # Rows inserted into a batch since its end was set are read too, hence the room for as many again.
        room = min(deps.most_checked, size * 2) if place.until else min(size, deps.most_checked - judged)
        scan = await deps.listings.scan(query.kind, criteria, order, limit=room, after=place.after, until=place.until)
        ranked, found = await _ranked(deps, query, criteria, scan.hits)
        slots |= found
        if scan.end is None and place.after is None:
            everything = scan.hits
        unseen = [pair for pair in ranked if place.shown is None or pair[0] > place.shown]
        taken = unseen[: limit - len(hits)]
        hits += [hit for _, hit in taken]
        until = place.until or scan.end
        if len(taken) < len(unseen):
            return Found(hits, Bookmark(place.after, until, taken[-1][0] if taken else place.shown), slots, everything)
        if until is None:
            return Found(hits, None, slots, everything)
        place = Bookmark(after=until)
        judged, size = judged + room, size * 2
    return Found(hits, place, slots)


def reads_calendars(query: SearchQuery) -> bool:
    """Whether it depends on providers' free time, which changes with every booking."""
    return query.sort is Sort.SOONEST or query.free_from is not None


def _plan(query: SearchQuery, criteria: Criteria, limit: int) -> tuple[Order, int]:
    """The index order that a search walks, and the size of its batches."""
    plain = Order.RATING if criteria.point is None else Order.DISTANCE
    if reads_calendars(query):
        own = {Sort.RATING: Order.RATING, Sort.PRICE: Order.PRICE}.get(query.sort, plain)
        return (plain if criteria.is_by_tokens else own), _SLOT_BATCH
    if query.sort is Sort.RELEVANCE:
        return plain, _RELEVANCE_BATCH
    if query.sort is Sort.DISTANCE:
        return Order.DISTANCE, limit
    if criteria.is_by_tokens and not (criteria.point is None and query.sort is Sort.RATING):
        return plain, _WORDS_BATCH
    return (Order.RATING if query.sort is Sort.RATING else Order.PRICE), limit


async def _ranked(
    deps: SearchDeps, query: SearchQuery, criteria: Criteria, hits: Sequence[Hit]
) -> tuple[list[tuple[Position, Hit]], Mapping[str, datetime]]:
    """The batch with each hit's rank, the first to be shown first; without those that have no slot if one is needed."""
    slots: Mapping[str, datetime] = {}
    if reads_calendars(query):
        slots = await soonest_slots(deps, hits, query.free_from, query.free_to)
    if query.free_from is not None:
        hits = [hit for hit in hits if hit.id in slots]
    pairs = [(Position(_rank(query.sort, criteria, hit, slots), hit.id), hit) for hit in hits]
    return sorted(pairs, key=lambda pair: pair[0]), slots


def _rank(sort: Sort, criteria: Criteria, hit: Hit, slots: Mapping[str, datetime]) -> float:
    """The value to sort by, rising."""
    if sort is Sort.RELEVANCE:
        return -relevance(criteria, hit)
    if sort is Sort.SOONEST:
        soonest = slots.get(hit.id)
        return soonest.timestamp() if soonest else _NO_SLOT
    if sort is Sort.DISTANCE:
        return hit.distance_m or 0.0
    return -hit.score if sort is Sort.RATING else float(hit.price)
