"""How often categories are booked, counted by day and map tile, so that no answer reads the bookings of a month.

A day's document of a tile has a number for each category. The document ``until`` says up to which instant bookings are
counted; it moves on in the transaction that adds the next stretch, so that each booking is counted once. What has been
booked since then is read from the bookings themselves.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pymongo import UpdateOne

from common.adapters.mongo.shared.database import Document, Mongo, Session
from common.adapters.mongo.shared.holdings import Holdings, nobody
from common.domain.catalogue.listings import EVERYWHERE
from common.domain.shared.geo import TILE_LEVELS, Point, tile, tile_bounds

HOLDINGS: Holdings = {
    "booking_counts": nobody("numbers of bookings by day, place and category"),
}

#: Bookings are filed by the level of tiles that a search of the surroundings of 50 km uses.
LEVEL = TILE_LEVELS[0]
_UNTIL = "until"
_KEPT = timedelta(days=32)
#: What one step counts.
_STEP = timedelta(hours=1)
#: A booking may commit this long after the instant it bears, by a transaction that was begun again and again.
_SETTLED = timedelta(minutes=10)
#: Of what is not counted yet, more only where counting has not caught up: then the newest tell enough.
_MOST_UNCOUNTED = 20_000
_COVERED = {"_id": 0, "created_at": 1, "service.category": 1, "place.lat": 1, "place.lng": 1}


class MongoBookingCounts:
    """Implements ``BookingCounts``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo
        self._counts = mongo.collection("booking_counts")
        self._bookings = mongo.collection("bookings")

    async def advance(self, since: datetime, now: datetime) -> int | None:
        """Count the next stretch of bookings (see the port)."""
        until = await self._until()
        begin, limit = until or _midnight(since), _stored(now - _SETTLED)
        if until is None:
            await self._counts.update_one({"_id": _UNTIL}, {"$setOnInsert": {"until": begin}}, upsert=True)
        if begin >= limit:
            return None
        first = await self._bookings.find_one(
            {"created_at": {"$gte": begin, "$lt": limit}},
            {"_id": 0, "created_at": 1},
            sort=[("created_at", 1)],
            hint="recent_categories",
        )
        end = min(limit, first["created_at"] + _STEP) if first else limit
        days = await self._days(begin, end) if first else {}
        return await self._add(begin, end, days)

    async def reset(self) -> None:
        """Forget all counts; what is counted anew meanwhile does not mix with them."""

        async def work(session: Session) -> None:
            await self._counts.delete_one({"_id": _UNTIL}, session=session)
            await self._counts.delete_many({}, session=session)

        await self._mongo.in_transaction(work)

    async def sum_by_category(self, tiles: Sequence[str], since: datetime) -> Counter[str]:
        """Bookings of each category in some tiles of ``LEVEL``, or everywhere, since the beginning of a day."""
        begin = _midnight(since)
        total: Counter[str] = Counter()
        wanted = {"tile": {"$in": list(tiles)}, "day": {"$gte": begin}}
        async for row in self._counts.find(wanted, {"_id": 0, "counts": 1}):
            total.update(row["counts"])
        return total + await self._uncounted(tiles, max(begin, await self._until() or begin))

    async def _until(self) -> datetime | None:
        row = await self._counts.find_one({"_id": _UNTIL})
        return row["until"] if row else None

    async def _days(self, begin: datetime, end: datetime) -> dict[tuple[datetime, str], Counter[str]]:
        """Numbers of a stretch's bookings by day and tile, read from an index alone."""
        days: defaultdict[tuple[datetime, str], Counter[str]] = defaultdict(Counter)
        within = {"created_at": {"$gte": begin, "$lt": end}}
        async for row in self._bookings.find(within, _COVERED, hint="recent_categories"):
            day, category = _midnight(row["created_at"]), row["service"]["category"]
            days[day, EVERYWHERE][category] += 1
            place = row.get("place") or {}
            if place.get("lat") is not None and place.get("lng") is not None:
                days[day, tile(Point(place["lat"], place["lng"]), LEVEL)][category] += 1
        return days

    async def _add(self, begin: datetime, end: datetime, days: dict[tuple[datetime, str], Counter[str]]) -> int | None:
        """Add a stretch, unless another one has counted it meanwhile."""
        writes = [
            UpdateOne(
                {"_id": f"{day:%Y-%m-%d}@{name}"},
                {
                    "$inc": {f"counts.{category}": number for category, number in counted.items()},
                    "$setOnInsert": {"day": day, "tile": name, "expires_at": day + _KEPT},
                },
                upsert=True,
            )
            for (day, name), counted in days.items()
        ]

        async def work(session: Session) -> bool:
            here = {"_id": _UNTIL, "until": begin}
            moved = await self._counts.update_one(here, {"$set": {"until": end}}, session=session)
            if moved.matched_count and writes:
                await self._counts.bulk_write(writes, ordered=False, session=session)
            return moved.matched_count == 1

        if not await self._mongo.in_transaction(work):
            return None
        return sum(sum(counted.values()) for (_, name), counted in days.items() if name == EVERYWHERE)

    async def _uncounted(self, tiles: Sequence[str], begin: datetime) -> Counter[str]:
        wanted: Document = {"created_at": {"$gte": begin}}
        if EVERYWHERE not in tiles:
            wanted["$or"] = [_inside(name) for name in tiles]
        pipeline: list[Document] = [
            {"$match": wanted},
            {"$sort": {"created_at": -1}},
            {"$limit": _MOST_UNCOUNTED},
            {"$group": {"_id": "$service.category", "count": {"$sum": 1}}},
        ]
        rows = await self._bookings.aggregate(pipeline, hint="recent_categories")
        return Counter({row["_id"]: row["count"] async for row in rows})


def _inside(name: str) -> Document:
    south, west, north, east = tile_bounds(name)
    return {"place.lat": {"$gt": south, "$lte": north}, "place.lng": {"$gte": west, "$lt": east}}


def _stored(instant: datetime) -> datetime:
    """The instant as the database keeps it, to the millisecond; one that differs would never be reached."""
    return instant.replace(microsecond=instant.microsecond // 1_000 * 1_000)


def _midnight(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
