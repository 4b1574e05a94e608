"""Popular categories, by active services and recent bookings."""

from collections.abc import Callable
from datetime import timedelta

from common.application.ports.search.listings import BookingCounts, CategoryCount
from common.application.ports.shared.clock import Clock
from common.application.search.deps import SearchDeps
from common.domain.catalogue.categories import Category
from common.domain.shared.geo import TILE_LEVELS, Point, tile

WINDOW = timedelta(days=30)
RADIUS_M = 50_000.0
#: A booking shows more interest than an offer does.
_BOOKING_WEIGHT = 10
#: How long a process answers from memory, and for how many places.
_KEPT = timedelta(minutes=5)
_MAX_KEPT = 256


async def popular_categories(
    deps: SearchDeps, point: Point | None, *, limit: int
) -> list[tuple[Category, CategoryCount]]:
    """The most popular leaves of the tree, with their counts.

    Args:
        deps: ports.
        point: count near it, or everywhere; nearby points share an answer for some minutes.
        limit: how many at most.
    """
    now = deps.clock.now()
    key = tile(point, TILE_LEVELS[1]) if point else ""
    cache = deps.popular.rows
    kept = cache.get(key)
    if kept is None or now - kept[0] >= _KEPT:
        if len(cache) >= _MAX_KEPT:
            cache.clear()
        tree = await deps.categories.tree()
        leaves = [slug for slug in tree.by_slug if tree.is_leaf(slug)]
        kept = (now, await deps.popularity.count_by_category(leaves, point, RADIUS_M, now - WINDOW))
        cache[key] = kept
    tree = await deps.categories.tree()
    ranked = sorted(kept[1], key=lambda row: (-(row.services + _BOOKING_WEIGHT * row.bookings), row.slug))
    return [(tree.by_slug[row.slug], row) for row in ranked if row.slug in tree.by_slug][:limit]


async def count_bookings(counts: BookingCounts, clock: Clock, *, has_time: Callable[[], bool]) -> int:
    """Count what has been booked since the last time, in steps; what there is no time for waits for the next run.

    Args:
        counts: port.
        clock: port.
        has_time: asked before each step.

    Returns:
        How many bookings were counted.
    """
    total, now = 0, clock.now()
    while has_time():
        counted = await counts.advance(now - WINDOW, now)
        if counted is None:
            break
        total += counted
    return total
