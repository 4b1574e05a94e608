"""The baseline of sweeping due bookings: the same documents written for each, one transaction each, so many at once.

What to write is what the measured function itself wrote for one booking, captured beforehand; nothing is decided.
"""

import asyncio

from infra.bench.baselines.captured import captured, renewed
from infra.bench.baselines.connection import Document, client, database, loop

_written = captured()


def handler(event: Document, _context: object) -> dict[str, int]:
    """Write the end of the bookings that the event names, ``width`` of them at once."""
    return loop.run_until_complete(_write_all(event["ids"], event["width"]))


async def _write_all(ids: list[str], width: int) -> dict[str, int]:
    for start in range(0, len(ids), width):
        await asyncio.gather(*(_write(each) for each in ids[start : start + width]))
    return {"written": len(ids)}


async def _write(booking_id: str) -> None:
    async with client.start_session() as session, await session.start_transaction():
        changed = {name: value for name, value in _written["bookings"][0].items() if name not in {"_id", "charges"}}
        await database["bookings"].update_one({"_id": booking_id}, {"$set": changed}, session=session)
        for collection, documents in _written.items():
            if collection != "bookings" and documents:
                rows = [renewed(row, booking_id) for row in documents]
                await database[collection].insert_many(rows, session=session)
