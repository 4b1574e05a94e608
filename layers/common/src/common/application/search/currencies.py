"""The currency in which a search compares prices where the caller names none."""

from datetime import timedelta

from common.application.ports.search.listings import Criteria, ListingKind
from common.application.search.deps import SearchDeps
from common.domain.catalogue.price_keys import price_of
from common.domain.shared.geo import TILE_LEVELS, Point, tile

#: The marketplace began in New Zealand; where nothing has a price any answer is right.
_FALLBACK = "nzd"
#: So many listings are looked at for one with a price; those by quote have none.
_LOOKED_AT = 20
_RADIUS_M = 200_000.0
#: How long a process answers from memory, and for how many places.
_KEPT = timedelta(minutes=10)
_MAX_KEPT = 512


async def usual_currency(deps: SearchDeps, kind: ListingKind, point: Point | None) -> str:
    """What the listings nearest to a point are priced in; without a point, the best rated.

    Points of one map tile share an answer for some minutes.
    """
    now = deps.clock.now()
    key = f"{kind}{tile(point, TILE_LEVELS[1]) if point else ''}"
    kept = deps.currencies.rows.get(key)
    if kept is not None and now - kept[0] < _KEPT:
        return kept[1]
    samples, _ = await deps.listings.sample(kind, Criteria(point=point, radius_m=_RADIUS_M), limit=_LOOKED_AT)
    currency = next((price.currency for row in samples if (price := price_of(row.price))), _FALLBACK)
    if len(deps.currencies.rows) >= _MAX_KEPT:
        deps.currencies.rows.clear()
    deps.currencies.rows[key] = (now, currency)
    return currency
