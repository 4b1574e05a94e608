"""What has changed of listings, waiting in ``facet_changes`` to be counted.

A listing is written in a transaction of its provider; counters are of everybody's listings. So the transaction adds a
row of its own, and a schedule adds the rows to the counters.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from pymongo import UpdateOne

from common.adapters.mongo.search.facet_counters import BUILDING, STATE
from common.adapters.mongo.shared.database import Document, Mongo, Session
from common.adapters.mongo.shared.holdings import Holdings, nobody
from common.adapters.mongo.shared.unit_of_work import current_session
from common.domain.catalogue.facet_counts import FacetEntry, increments

HOLDINGS: Holdings = {
    "facet_changes": nobody("numbers by tiles of 4 km, category, price and rating, until they are counted"),
}

#: What one step counts: rows, and counters, for a row may change as many as a provider has categories in two places.
_MOST_ROWS = 100
_MOST_COUNTERS = 2_000
_NUMBER: Final = "number"


class MongoFacetChanges:
    """Implements ``FacetChanges``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo
        self._changes = mongo.collection("facet_changes")
        self._counters = mongo.collection("facet_counters")

    async def add(self, changed: Mapping[FacetEntry, int]) -> None:
        """Note how many of each entry there are more or fewer; nothing is written where that is none.

        Call it once in the transaction that writes the listings.
        """
        rows = [{**entry._asdict(), _NUMBER: number} for entry, number in changed.items() if number]
        if rows:
            await self._changes.insert_one({"entries": rows}, session=current_session())

    async def fold(self, now: datetime) -> int | None:
        """Add the next changes to the counters, and delete them in the same transaction, so that each counts once.

        Every step writes the state of the counters. So of two at once the later one begins anew, and none is under way
        while somebody builds the counters.
        """
        if await self._changes.find_one({}, {"_id": 1}, sort=[("_id", 1)]) is None:
            return None

        async def work(session: Session) -> int | None:
            state = await self._counters.find_one_and_update({"_id": STATE}, {"$inc": {"folds": 1}}, session=session)
            building = (state or {}).get(BUILDING)
            if building and building["until"] > now:
                return None
            if building:
                await self._counters.update_one({"_id": STATE}, {"$unset": {BUILDING: ""}}, session=session)
            ids, counted = await self._next(session)
            if not ids:
                return None
            if state and state["is_built"]:
                await self._counters.bulk_write(counted, ordered=False, session=session)
            await self._changes.delete_many({"_id": {"$in": ids}}, session=session)
            return len(ids)

        return await self._mongo.in_transaction(work)

    async def _next(self, session: Session) -> tuple[list[Any], list[UpdateOne]]:
        """Ids of the next rows, and what they add to the counters."""
        ids: list[Any] = []
        found: dict[str, Counter[str]] = {}
        rows = self._changes.find({}, session=session).sort("_id", 1).limit(_MOST_ROWS).batch_size(_MOST_ROWS)
        for row in await rows.to_list():
            ids.append(row["_id"])
            for counter, fields in increments(_entries(row)).items():
                found.setdefault(counter, Counter()).update(fields)
            if len(found) >= _MOST_COUNTERS:
                break
        writes = [
            UpdateOne({"_id": counter}, {"$inc": changed}, upsert=True)
            for counter, fields in found.items()
            if (changed := {field: number for field, number in fields.items() if number})
        ]
        return ids, writes


def _entries(row: Document) -> dict[FacetEntry, int]:
    found = {}
    for each in row["entries"]:
        fields = {**each, "path": tuple(each["path"]), "places": tuple(each["places"])}
        number = fields.pop(_NUMBER)
        found[FacetEntry(**fields)] = number
    return found
