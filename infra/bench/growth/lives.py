"""The lives that bookings lead, each played once by the product itself; what each wrote is copied."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from common.domain.catalogue.services import Service
    from common.domain.identity.users import User
    from pymongo.asynchronous.database import AsyncDatabase

    from infra.bench.growth.stage import Stage

Value = TypeVar("Value")
_DAY = timedelta(days=1)
#: What belongs to a caller or a moment and not to a booking.
_IGNORED = frozenset({"system.profile", "rate_limits", "verification_runs"})


class Era(Enum):
    """When copies of a life have their slots: long over, in the last days, or to come."""

    PAST = "past"
    RECENT = "recent"
    COMING = "coming"


@dataclass(frozen=True)
class Cast:
    """Who lives.

    Attributes:
        customer: Who books.
        provider: Who works.
        service: What is booked.
    """

    customer: User
    provider: User
    service: Service


@dataclass(frozen=True)
class Life:
    """One life that was played.

    Attributes:
        name: As it ended.
        weight: How many of a thousand bookings lead it.
        era: When its copies have their slots.
        booking_id: The booking.
        documents: What it wrote, by collection.
    """

    name: str
    weight: int
    era: Era
    booking_id: str
    documents: dict[str, list[dict[str, Any]]] = field(repr=False)


Play = Callable[["Stage", Cast, datetime, str], Awaitable[str]]


async def play_all(stage: Stage, cast: Cast, only: tuple[str, ...] = ()) -> list[Life]:
    """Play every life to its end, which is now.

    Args:
        stage: Where.
        cast: Who.
        only: Names of the lives to play; all of them by default.
    """
    lives = []
    db = stage.container.mongo.db
    for number, (play, weight, era, before) in enumerate(_LIVES):
        name = play.__name__.strip("_")
        if only and name not in only:
            continue
        start = (datetime.now(UTC) - before).replace(minute=0, second=0, microsecond=0) + timedelta(hours=number)
        await stage.set_time(start)
        known = await _ids(db)
        key = f"key_{uuid.uuid4().hex}"
        booking_id = await play(stage, cast, start, key)
        lives.append(Life(name, weight, era, booking_id, await _written(db, known, booking_id)))
    await stage.set_time(datetime.now(UTC))
    return lives


async def _requested(stage: Stage, cast: Cast, now: datetime, key: str) -> str:
    booking = await stage.book(cast.customer, cast.service, now + 2 * _DAY, key)
    await stage.pay(booking.id)
    return booking.id


async def _unpaid(stage: Stage, cast: Cast, now: datetime, key: str) -> str:
    booking = await stage.book(cast.customer, cast.service, now + 2 * _DAY, key)
    await stage.move_to(now + timedelta(hours=1), booking.id)
    return booking.id


async def _unanswered(stage: Stage, cast: Cast, now: datetime, key: str) -> str:
    booking_id = await _requested(stage, cast, now, key)
    await stage.move_to(now + 2 * _DAY, booking_id)
    return booking_id


async def _declined(stage: Stage, cast: Cast, now: datetime, key: str) -> str:
    booking_id = await _requested(stage, cast, now, key)
    await stage.act(booking_id, "decline", cast.provider)
    return booking_id


async def _accepted(stage: Stage, cast: Cast, now: datetime, key: str) -> str:
    booking_id = await _requested(stage, cast, now, key)
    await stage.act(booking_id, "accept", cast.provider)
    return booking_id


async def _cancelled(stage: Stage, cast: Cast, now: datetime, key: str) -> str:
    booking_id = await _accepted(stage, cast, now, key)
    await stage.act(booking_id, "cancel", cast.customer)
    await stage.move_to(now + 5 * _DAY, booking_id)
    return booking_id


async def _started(stage: Stage, cast: Cast, now: datetime, key: str) -> str:
    booking_id = await _accepted(stage, cast, now, key)
    await stage.move_to(now + 2 * _DAY, booking_id)
    code = (await stage.get(booking_id)).start_code
    await stage.act(booking_id, "start", cast.provider, {"code": code})
    return booking_id


async def _completed(stage: Stage, cast: Cast, now: datetime, key: str) -> str:
    booking_id = await _started(stage, cast, now, key)
    await stage.move_to(now + 2 * _DAY + timedelta(hours=1), booking_id)
    await stage.act(booking_id, "complete", cast.provider)
    return booking_id


async def _settled_and_rated(stage: Stage, cast: Cast, now: datetime, key: str) -> str:
    booking_id = await _completed(stage, cast, now, key)
    await stage.rate(booking_id, cast.customer, 5, "Neat, quick and kind.")
    await stage.rate(booking_id, cast.provider, 5, "Clear instructions, a pleasure.")
    await stage.move_to(now + 5 * _DAY, booking_id)
    return booking_id


async def _settled(stage: Stage, cast: Cast, now: datetime, key: str) -> str:
    booking_id = await _completed(stage, cast, now, key)
    await stage.rate(booking_id, cast.customer, 4, "Good work, a little late.")
    await stage.move_to(now + 13 * _DAY, booking_id)
    return booking_id


async def _disputed(stage: Stage, cast: Cast, now: datetime, key: str) -> str:
    booking_id = await _completed(stage, cast, now, key)
    await stage.act(booking_id, "open_dispute", cast.customer, {"reason": "Half of the hedge was left."})
    return booking_id


#: Each life, how many of a thousand lead it, the era of its slots, and how long ago it begins so that it ends by now.
_LIVES: tuple[tuple[Play, int, Era, timedelta], ...] = (
    (_settled_and_rated, 560, Era.PAST, timedelta(days=14)),
    (_settled, 200, Era.PAST, timedelta(days=15)),
    (_cancelled, 90, Era.PAST, timedelta(days=12)),
    (_declined, 40, Era.PAST, timedelta(days=12)),
    (_unanswered, 20, Era.PAST, timedelta(days=12)),
    (_unpaid, 50, Era.PAST, timedelta(days=12)),
    (_accepted, 23, Era.COMING, timedelta(hours=12)),
    (_requested, 9, Era.COMING, timedelta(hours=14)),
    (_started, 2, Era.RECENT, timedelta(days=2, hours=18)),
    (_completed, 5, Era.RECENT, timedelta(days=2, hours=20)),
    (_disputed, 1, Era.RECENT, timedelta(days=2, hours=22)),
)


async def _ids(db: AsyncDatabase[dict[str, Any]]) -> dict[str, set[Any]]:
    names = [name for name in await db.list_collection_names() if name not in _IGNORED]
    return {name: {row["_id"] async for row in db[name].find({}, {"_id": 1})} for name in names}


async def _written(
    db: AsyncDatabase[dict[str, Any]], known: dict[str, set[Any]], booking_id: str
) -> dict[str, list[dict[str, Any]]]:
    """The new rows that name the booking, or a row that does: its events, and what was done with them."""
    new: list[tuple[str, dict[str, Any]]] = []
    for name in sorted(await db.list_collection_names()):
        if name not in _IGNORED:
            fresh = {"_id": {"$nin": list(known.get(name, ()))}}
            new += [(name, row) async for row in db[name].find(fresh).sort("_id", 1)]
    names, found = {booking_id}, dict[str, list[dict[str, Any]]]()
    while True:
        some = [(name, row) for name, row in new if any(each in text for text in values_of(row, str) for each in names)]
        if not some:
            return found
        new = [pair for pair in new if pair not in some]
        for name, row in some:
            found.setdefault(name, []).append(row)
            names.add(str(row["_id"]))


def values_of(value: Any, kind: type[Value]) -> list[Value]:
    """All values of a kind in a document, however deep.

    Args:
        value: The document, or a part of it.
        kind: Such as ``str``.
    """
    if isinstance(value, kind):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [found for each in inner for found in values_of(each, kind)]
