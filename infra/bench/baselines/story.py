"""What one real booking wrote at each step of its story; stored again for other bookings.

``BENCH_STORY`` names the file: ``steps`` has for each step the booking as it was then and the rows that are new, and
``told`` says which side of a booking is told of which event.
"""

import os
import uuid
from pathlib import Path
from typing import Any

from bson import json_util

from infra.bench.baselines.captured import new_booking, renewed
from infra.bench.baselines.connection import Document, client, database
from infra.bench.baselines.publishing import publish

_text = Path(os.environ["BENCH_STORY"]).read_text(encoding="utf-8")
_story: dict[str, Any] = json_util.loads(_text, json_options=json_util.JSONOptions(tz_aware=True))
#: By an event's type, the fields of a booking that name whom it is told to.
told: dict[str, list[str]] = _story["told"]
#: What stays a booking's own at every step.
_OWN = (
    "_id", "customer_id", "provider_id", "provider_user_id", "service_id", "slot", "claim_id", "charges",
    "payment_details",
)  # fmt: skip


def first_booking(own: Document) -> Document:
    """A booking as it is when it is made.

    Args:
        own: The fields that are its own, its id among them.
    """
    return {**new_booking(_story["steps"]["create"]["booking"], own["_id"]), "version": 1, **own}


def rows_of(step: str, booking_id: str) -> dict[str, list[Document]]:
    """What a step writes besides the booking, under fresh ids, by collection."""
    found: dict[str, list[Document]] = _story["steps"][step]["rows"]
    return {name: [renewed(row, booking_id) for row in rows] for name, rows in found.items()}


async def take_step(step: str, booking: Document, operation_id: str | None = None) -> Document:
    """Write a step in one transaction, on condition of the booking's version; then send its events.

    Args:
        step: Its name.
        booking: As it was read.
        operation_id: The operation at Stripe that has succeeded with it.

    Returns:
        The booking after it.
    """
    own = {name: booking[name] for name in _OWN if name in booking}
    changed = {**_story["steps"][step]["booking"], **own, "version": booking["version"] + 1}
    changed.pop("idempotency_key", None)
    rows = rows_of(step, booking["_id"])
    of_version = {"_id": booking["_id"], "version": booking["version"]}
    async with client.start_session() as session, await session.start_transaction():
        found = await database["bookings"].replace_one(of_version, changed, session=session)
        if not found.matched_count:
            raise RuntimeError(f"{booking['_id']} has changed meanwhile")
        if operation_id is not None:
            done = {"$set": {"status": "succeeded"}}
            await database["payment_operations"].update_one({"_id": operation_id}, done, session=session)
        for name, fresh in rows.items():
            await database[name].insert_many(fresh, session=session)
    await publish(rows.get("outbox", []))
    return changed


def fresh_id(prefix: str) -> str:
    """An id that nothing else has."""
    return f"{prefix}_{uuid.uuid4().hex}"
