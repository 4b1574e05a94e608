"""The baseline of one action on a booking: what its safety needs, in the fewest commands, by the bare driver.

The account's state and the booking at once; one transaction with the booking on condition of its version, the audit row
and the event; the event is sent, and marked as sent. Left out: verifying the token, the state machine with its guards,
and the shape of the answer. What to write is what the measured function itself wrote for one such action.
"""

import asyncio
import json
from typing import Any

from infra.bench.baselines.captured import captured, renewed
from infra.bench.baselines.connection import STATE, Document, answer, client, database
from infra.bench.baselines.publishing import publish

_written = captured()


def handler(event: Document, _context: object) -> Document:
    """Act: the body names the caller and the booking."""
    return answer(_act(json.loads(event["body"])))


async def _act(request: Document) -> Any:
    booking_id = request["booking_id"]
    _, stored = await asyncio.gather(
        database["users"].find_one({"_id": request["caller_id"]}, STATE),
        database["bookings"].find_one({"_id": booking_id}),
    )
    assert stored is not None  # noqa: S101 - it was made for this call
    changed = {**_written["bookings"][0], "_id": booking_id, "charges": stored["charges"]}
    events = [renewed(row, booking_id) for row in _written["outbox"]]
    history = [renewed(row, booking_id) for row in _written["booking_history"]]
    async with client.start_session() as session, await session.start_transaction():
        of_version = {"_id": booking_id, "version": stored["version"]}
        await database["bookings"].replace_one(of_version, changed, session=session)
        await database["booking_history"].insert_many(history, session=session)
        await database["outbox"].insert_many(events, session=session)
    await publish(events)
    return changed
