"""Counters of listings by map tile and category, in ``facet_counters``; ``MongoFacetChanges`` keeps them current.

The document ``state`` says whether they have been built (``is_built``), and who builds them now and until when nobody
else counts (``building``).
"""

from collections.abc import Mapping, Sequence
from typing import Final

from common.adapters.mongo.shared.database import Mongo
from common.adapters.mongo.shared.holdings import Holdings, nobody
from common.application.ports.search.listings import ListingKind
from common.domain.catalogue.categories import EVERYTHING
from common.domain.catalogue.facet_counts import counter_id
from common.domain.catalogue.facet_estimates import Counts

HOLDINGS: Holdings = {
    "facet_counters": nobody("numbers of listings by place and category"),
}

STATE: Final = "state"
BUILDING: Final = "building"


class MongoFacetCounters:
    """Implements ``FacetCounters``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._counters = mongo.collection("facet_counters")

    async def read(self, kind: ListingKind, category: str | None, tiles: Sequence[str]) -> Mapping[str, Counts] | None:
        """Counters by tile, with their state in one read (see the port)."""
        names = {counter_id(kind, category or EVERYTHING, name): name for name in tiles}
        size = len(names) + 1
        rows = await self._counters.find({"_id": {"$in": [STATE, *names]}}).limit(size).batch_size(size).to_list()
        found = {row.pop("_id"): row for row in rows}
        state = found.pop(STATE, None)
        if state is None or not state["is_built"]:
            return None
        return {names[id_]: counts for id_, counts in found.items()}
