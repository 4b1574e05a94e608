"""Building the counters of facets from the listings, while listings go on being written.

What is read is one snapshot: the listings, and which changes are already in them and still wait to be counted. While
counters are built, nobody else counts (``MongoFacetChanges``) and searches do without them. Who builds renews its claim
with every batch; should it die, the claim expires, and counters stay unused until they have been built.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from common.adapters.mongo.search.facet_counters import BUILDING, STATE
from common.adapters.mongo.search.listings import COLLECTIONS
from common.domain.catalogue.facet_counts import ENTRY_FIELDS, FacetEntry, entries_of, increments, tiles_of
from common.domain.catalogue.listings import EVERYWHERE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from common.runtime.container.bootstrap import Container

_BATCH = 2_000
#: How long a claim stands without being renewed.
_CLAIM = timedelta(minutes=10)


async def rebuild_facets(container: Container) -> int:
    """Count all listings anew.

    Returns:
        The number of counters.

    Raises:
        RuntimeError: another one builds them, or has taken over.
    """
    builder = _Builder(container)
    await builder.claim()
    await builder.forget()
    entries, waiting = await builder.read()
    written = 0
    for counters in _counters(entries):
        written += await builder.write(counters)
    await builder.finish(waiting)
    return written


class _Builder:
    """One building of the counters.

    Args:
        container: of an operator.
    """

    def __init__(self, container: Container) -> None:
        self._mongo, self._clock = container.mongo, container.clock
        self._counters = container.mongo.collection("facet_counters")
        self._changes = container.mongo.collection("facet_changes")
        self._token = uuid4().hex

    async def claim(self) -> None:
        """Keep everybody else from counting, and searches from reading."""
        await self._counters.update_one({"_id": STATE}, {"$setOnInsert": {"is_built": False}}, upsert=True)
        free = {"$or": [{BUILDING: None}, {f"{BUILDING}.until": {"$lt": self._clock.now()}}]}
        claim = {"token": self._token, "until": self._clock.now() + _CLAIM}
        taken = await self._counters.update_one({"_id": STATE, **free}, {"$set": {"is_built": False, BUILDING: claim}})
        if not taken.matched_count:
            raise RuntimeError(f"facets are being built already; if that has died, wait {_CLAIM} and try again")

    async def forget(self) -> None:
        """Delete all counters."""
        others = {"_id": {"$ne": STATE}}
        while rows := await self._counters.find(others, {"_id": 1}).limit(_BATCH).to_list():
            await self._counters.delete_many({"_id": {"$in": [row["_id"] for row in rows]}})
            await self._renew()

    async def read(self) -> tuple[Counter[FacetEntry], Sequence[Any]]:
        """Every listing's entry, and ids of the changes that are in them already."""
        entries: Counter[FacetEntry] = Counter()
        shown = dict.fromkeys(ENTRY_FIELDS, 1)
        async with self._mongo.client.start_session(snapshot=True) as session:
            waiting = [row["_id"] async for row in self._changes.find({}, {"_id": 1}, session=session)]
            for kind, listings in COLLECTIONS.items():
                rows = self._mongo.collection(listings).find({}, shown, session=session, batch_size=_BATCH)
                async for row in rows:
                    entries.update(entries_of(kind, [row]))
        return entries, waiting

    async def write(self, counters: Mapping[str, Counter[str]]) -> int:
        """Store counters; returns how many."""
        documents: Iterator[dict[str, Any]] = (_document(id_, fields) for id_, fields in counters.items())
        while batch := list(islice(documents, _BATCH)):
            await self._counters.insert_many(batch, ordered=False)
            await self._renew()
        return len(counters)

    async def finish(self, waiting: Sequence[Any]) -> None:
        """Forget the changes that are counted, and let everybody read and count again."""
        for begin in range(0, len(waiting), _BATCH):
            await self._changes.delete_many({"_id": {"$in": list(waiting[begin : begin + _BATCH])}})
        await self._set({"is_built": True, BUILDING: None})

    async def _renew(self) -> None:
        """Say that it goes on."""
        await self._set({f"{BUILDING}.until": self._clock.now() + _CLAIM})

    async def _set(self, fields: Mapping[str, Any]) -> None:
        kept = await self._counters.update_one({"_id": STATE, f"{BUILDING}.token": self._token}, {"$set": fields})
        if not kept.matched_count:
            raise RuntimeError("facets were not built in time, and somebody else has taken over; build them again")


def _counters(entries: Mapping[FacetEntry, int]) -> Iterable[dict[str, Counter[str]]]:
    """What to store, one of the largest tiles after the other, so that not everything is in memory; everywhere last."""
    by_tile: defaultdict[str, dict[FacetEntry, int]] = defaultdict(dict)
    for entry, number in entries.items():
        by_tile[tiles_of(entry.cell)[0]][entry] = number
    for within in by_tile.values():
        yield increments(within, tiles_of)
    yield increments(entries, lambda _: (EVERYWHERE,))


def _document(id_: str, fields: Mapping[str, int]) -> dict[str, Any]:
    """A counter's document, of paths of fields."""
    document: dict[str, Any] = {"_id": id_}
    for path, number in fields.items():
        part, _, name = path.partition(".")
        document.setdefault(part, {})[name] = number
    return document
