"""How providers answer offers: a row a provider, with counts of a few months and of offers of the last days.

Two hundred candidates are two hundred small rows that way, however long and however often they were asked.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pymongo import UpdateOne

from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.holdings import Fate, Holdings, provider
from common.adapters.mongo.shared.unit_of_work import current_session
from common.application.ports.matching.offers import OfferFigures
from common.domain.matching.answering import OfferCounts, answering
from common.domain.matching.counted_answers import CountedAnswer

HOLDINGS: Holdings = {
    "offer_stats": (provider("_id", Fate.DELETED, "offer_stats"),),
}

#: Months whose answers count, the present one with them: at least a quarter of a year.
_MONTHS = 4
#: Days of offers that are kept, more than the longest time in which they are recent.
_DAYS = 35


class MongoOfferStats:
    """Implements ``OfferStats``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._stats = mongo.collection("offer_stats")

    async def read(self, provider_ids: Sequence[str], now: datetime, *, since: datetime) -> Mapping[str, OfferFigures]:
        """Figures of those of these providers who were ever asked (see the port)."""
        months, first_day = frozenset(_months(now)), _day(since)
        rows = self._stats.find({"_id": {"$in": list(provider_ids)}}, session=current_session())
        return {row["_id"]: _figures(row, months, first_day) async for row in rows}

    async def count_offers(self, provider_ids: Sequence[str], now: datetime) -> None:
        """Count an offer to each of these providers, and forget days that are long past (see the port).

        In the order of the ids, so that of two waves one waits for the other and never each for the other.
        """
        change = [_counted_offer(now)]
        writes = [UpdateOne({"_id": each}, change, upsert=True) for each in sorted(set(provider_ids))]
        if writes:
            await self._stats.bulk_write(writes, session=current_session())

    async def count_answers(self, answers: Sequence[CountedAnswer], now: datetime) -> None:
        """Count what became of offers."""
        sums: dict[str, Counter[str]] = {}
        for each in answers:
            counts, month = sums.setdefault(each.provider_id, Counter()), f"months.{_month(now)}"
            counts[f"{month}.{each.ending}"] += 1
            if each.reply is not None:
                counts[f"{month}.replies.{each.reply}"] += 1
        writes = [UpdateOne({"_id": key}, {"$inc": dict(counts)}, upsert=True) for key, counts in sorted(sums.items())]
        if writes:
            await self._stats.bulk_write(writes, session=current_session())


def _figures(row: Document, months: frozenset[str], first_day: str) -> OfferFigures:
    periods: Mapping[str, Mapping[str, Any]] = row.get("months", {})
    counted = [OfferCounts(**counts) for month, counts in periods.items() if month in months]
    recent = sum(count for day, count in row.get("days", {}).items() if day >= first_day)
    return OfferFigures(answering(counted), recent)


def _counted_offer(now: datetime) -> Document:
    """One offer more today; months and days that count no more go, so that a row does not grow."""
    known = {"$ifNull": [f"$days.{_day(now)}", 0]}
    days = {"$mergeObjects": [_kept("days", _day(now - timedelta(days=_DAYS))), {_day(now): {"$add": [known, 1]}}]}
    return {"$set": {"days": days, "months": _kept("months", min(_months(now)))}}


def _kept(field: str, first: str) -> Document:
    """The members of an object whose names do not sort before ``first``."""
    members = {"$objectToArray": {"$ifNull": [f"${field}", {}]}}
    return {"$arrayToObject": {"$filter": {"input": members, "as": "each", "cond": {"$gte": ["$$each.k", first]}}}}


def _months(now: datetime) -> list[str]:
    """The months whose answers count."""
    months = [now.year * 12 + now.month - 1 - back for back in range(_MONTHS)]
    return [f"{each // 12:04d}-{each % 12 + 1:02d}" for each in months]


def _month(now: datetime) -> str:
    return f"{now:%Y-%m}"


def _day(now: datetime) -> str:
    return f"{now:%Y-%m-%d}"
