"""Counts what has happened in a day, and lists it: figures and the rows behind them come of the same stages."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from common.adapters.mongo.admin.sources import SOURCES, Source, source_of
from common.adapters.mongo.shared.database import Document, Mongo
from common.application.ports.admin.metrics import PARTIES, QUARTER, SEPARATOR, Area, DayFigures, Fact, Figure
from common.domain.identity.security_events import SecurityEventType
from common.domain.matching.job_requests import JOB_REQUEST_PREFIX
from common.domain.reports.report import REPORT_PREFIX

_DAY = timedelta(days=1)
_EACH_FACT: Sequence[Document] = ({"$unwind": "$facts"}, {"$match": {"facts.name": {"$type": "string"}}})
#: What people do themselves of what the security log tells.
_OWN_DOING = [
    SecurityEventType.CLAIMED.value,
    SecurityEventType.REGISTERED.value,
    SecurityEventType.SIGNED_IN.value,
    SecurityEventType.VERIFIED.value,
]
#: Where people are seen to do something: rows of a collection, and the field that names the account.
_SEEN: Sequence[tuple[Source, str, Document]] = (
    (Source("security_events", "sev", (), frozenset()), "user_id", {"type": {"$in": _OWN_DOING}}),
    (
        Source("booking_history", "his", (), frozenset()),
        "actor.id",
        {"actor.kind": {"$in": [each.value for each in PARTIES]}},
    ),
    (Source("job_requests", JOB_REQUEST_PREFIX, (), frozenset(), at="created_at"), "customer_id", {}),
    (Source("messages", "msg", (), frozenset(), at="created_at"), "sender_id", {}),
    (Source("reports", REPORT_PREFIX, (), frozenset(), at="created_at"), "author_id", {}),
)


class MongoFacts:
    """Implements ``Facts`` over the collections that hold what has happened.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo

    async def count(self, area: Area, day: date, computed_at: datetime) -> DayFigures:
        """Count one area's day anew, of that day's rows alone."""
        begin = datetime.combine(day, time(), UTC)
        counts: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for source in SOURCES[area]:
            for row in await self._grouped(source, begin):
                by = row["_id"].get("by")
                name = row["_id"]["name"] if by is None else f"{row['_id']['name']}{SEPARATOR}{by}"
                counts[name][str(row["_id"]["quarter"])] = int(row["n"])
        totals = {Figure.ACTIVE_PEOPLE.value: await self._active_people(begin)} if area is Area.PEOPLE else {}
        return DayFigures(area=area, day=day, counts=dict(counts), totals=totals, computed_at=computed_at)

    async def list(
        self,
        area: Area,
        figure: str,
        since: datetime,
        before: datetime,
        *,
        currency: str | None,
        limit: int,
        after: tuple[datetime, str] | None,
    ) -> Sequence[Fact]:
        """What a figure counts in a period, the oldest first (see the port)."""
        source = source_of(area, figure)
        if source is None:
            return []
        rows = source.within(max(since, after[0]) if after else since, before, after_id=after[1] if after else None)
        wanted: Document = {"facts.name": figure, **({"facts.by": currency} if currency else {})}
        pipeline: list[Document] = [
            {"$match": rows},
            {"$sort": {"_id": 1}},
            *source.stages,
            *_EACH_FACT,
            {"$match": wanted},
            {"$limit": limit},
        ]
        found = await self._mongo.collection(source.collection).aggregate(pipeline)
        return [_fact(row, is_money=area is Area.MONEY) async for row in found]

    async def _grouped(self, source: Source, begin: datetime) -> Sequence[Document]:
        """Sums of a day's facts by name and quarter of an hour."""
        quarter = {"$floor": {"$divide": [{"$subtract": ["$at", begin]}, QUARTER // timedelta(milliseconds=1)]}}
        key = {"name": "$facts.name", "by": "$facts.by", "quarter": {"$toInt": quarter}}
        pipeline = [
            {"$match": source.within(begin, begin + _DAY)},
            *source.stages,
            *_EACH_FACT,
            {"$group": {"_id": key, "n": {"$sum": "$facts.n"}}},
        ]
        found = await self._mongo.collection(source.collection).aggregate(pipeline)
        return await found.to_list()

    async def _active_people(self, begin: datetime) -> int:
        """How many accounts did anything on a day."""
        (first, wanted), *others = [
            (
                source.collection,
                [
                    {"$match": {**source.within(begin, begin + _DAY), **besides, field: {"$type": "string"}}},
                    {"$group": {"_id": f"${field}"}},
                ],
            )
            for source, field, besides in _SEEN
        ]
        unions = [{"$unionWith": {"coll": name, "pipeline": stages}} for name, stages in others]
        pipeline: list[Document] = [*wanted, *unions, {"$group": {"_id": "$_id"}}, {"$count": "n"}]
        found = await (await self._mongo.collection(first).aggregate(pipeline)).to_list()
        return int(found[0]["n"]) if found else 0


def _fact(row: Document, *, is_money: bool) -> Fact:
    fact = row["facts"]
    return Fact(
        id=row["_id"],
        at=row["at"],
        subject=row["subject"],
        amount=int(fact["n"]) if is_money else None,
        currency=fact["by"] if is_money else None,
        seconds=None if fact["seconds"] is None else int(fact["seconds"]),
    )
