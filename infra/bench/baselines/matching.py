"""The baseline of a wave: the reads that it takes, as captured, in the fewest trips, and its writes in one transaction.

The message is claimed and marked as done. The request; the listings; all other reads at once; then the request on
condition of its version, the offers, the figures of those who are asked, and the events; these are sent. Nothing is
decided: who is asked, and why, is what the measured function found once.
"""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta

from pymongo import UpdateOne

from infra.bench.baselines.captured import captured
from infra.bench.baselines.connection import Document, client, database, loop
from infra.bench.baselines.publishing import publish

_captured = captured()
_LISTINGS = "service_listings"
_first = [each for each in _captured["reads"] if _LISTINGS in {each.get("find"), each.get("aggregate")}]
_others = [each for each in _captured["reads"] if each not in _first]


def wave(event: Document, _context: object) -> None:
    """Send a wave: the event names the request."""
    loop.run_until_complete(_wave(event["id"]))


async def _wave(request_id: str) -> None:
    now = datetime.now(UTC)
    mark = {"_id": f"bare:{uuid.uuid4().hex}"}
    claim = {"$setOnInsert": {"claimed_until": now + timedelta(minutes=1), "expires_at": now + timedelta(days=1)}}
    await database["processed_events"].update_one(mark, claim, upsert=True)
    stored = await database["job_requests"].find_one({"_id": request_id}) or {}
    await _all(_first)
    await _all(_others)
    changed = {**_captured["job_requests"][0], "_id": request_id}
    offers = [{**each, "_id": f"off_{uuid.uuid4().hex}", "request_id": request_id} for each in _captured["offers"]]
    counted = {"$inc": {f"days.{now:%Y-%m-%d}": 1}}
    figures = [UpdateOne({"_id": each["provider_id"]}, counted, upsert=True) for each in offers]
    events = [{**each, "_id": uuid.uuid4().hex, "published_at": None} for each in _captured["outbox"]]
    async with client.start_session() as session, await session.start_transaction():
        of_version = {"_id": request_id, "version": stored["version"]}
        await database["job_requests"].replace_one(of_version, changed, session=session)
        await database["offers"].insert_many(offers, session=session)
        await database["offer_stats"].bulk_write(figures, session=session)
        await database["outbox"].insert_many(events, session=session)
    await publish(events)
    await database["processed_events"].update_one(mark, {"$set": {"done_at": datetime.now(UTC)}})


async def _all(commands: list[Document]) -> None:
    await asyncio.gather(*(database.connected.command(each) for each in commands))
