"""Suggestions while typing: categories, titles of services, and providers."""

from collections.abc import Sequence
from dataclasses import dataclass

from common.application.ports.search.listings import Criteria, Hit, ListingKind, Order
from common.application.search.deps import SearchDeps
from common.application.search.queries import DEFAULT_RADIUS_KM
from common.application.search.ranking import relevance
from common.application.search.words import understand
from common.domain.catalogue.categories import Category
from common.domain.search.text import title_stems
from common.domain.shared.geo import Point

_CANDIDATES = 40


@dataclass(frozen=True)
class Suggestions:
    """What the typed text may become: categories, service titles, providers."""

    categories: Sequence[Category]
    titles: Sequence[str]
    providers: Sequence[Hit]


async def suggest(deps: SearchDeps, text: str, point: Point | None, *, limit: int) -> Suggestions:
    """Suggestions for a text that may be incomplete or mistyped.

    Args:
        deps: ports.
        text: as typed so far.
        point: prefers what is near it.
        limit: of each kind.
    """
    tree = await deps.categories.tree()
    groups = await understand(deps.vocabulary, tree, text)
    if groups is None:
        return Suggestions([], [], [])
    groups = tuple([group for group in groups if group.used]) or groups
    shared = set.intersection(*({token for token in group.tokens if token[0] == "#"} for group in groups))
    categories = [item for item in tree.by_slug.values() if item.tag in shared]
    criteria = Criteria(groups=groups, point=point, radius_m=DEFAULT_RADIUS_KM * 1000)
    services = await _best(deps, ListingKind.SERVICES, criteria)
    providers = await _best(deps, ListingKind.PROVIDERS, criteria)
    wanted = {token for group in groups for token in group.tokens if token[0] != "#"}
    named = [hit for hit in providers if wanted.intersection(title_stems(hit.trading_name))]
    titles = list(dict.fromkeys(hit.title for hit in services))
    leaves_first = sorted(categories, key=lambda item: (item.parent is None, item.position))
    return Suggestions(leaves_first[:limit], titles[:limit], named[:limit])


async def _best(deps: SearchDeps, kind: ListingKind, criteria: Criteria) -> list[Hit]:
    order = Order.RATING if criteria.point is None else Order.DISTANCE
    scan = await deps.listings.scan(kind, criteria, order, limit=_CANDIDATES)
    return sorted(scan.hits, key=lambda hit: (-relevance(criteria, hit), hit.id))
