"""Baselines of describing a job and of accepting an offer: what their safety needs, in the fewest commands.

What to write is what the measured function itself wrote once, captured beforehand. Left out: verifying the token, rules
of windows and states, looking for a free start, limits beyond one count each, and the shape of the answer.
"""

import asyncio
import json
import uuid
from typing import Any

from infra.bench.baselines.captured import captured, new_booking, renewed
from infra.bench.baselines.connection import (
    STATE,
    Document,
    answer,
    client,
    count_request,
    database,
    service_with_provider,
)
from infra.bench.baselines.publishing import publish

_written = captured()


def describing(event: Document, _context: object) -> Document:
    """Ask: the body names the customer."""
    return answer(_describe(json.loads(event["body"])), 201)


def accepting(event: Document, _context: object) -> Document:
    """Accept: the body names the provider, the offer with its request and service, and the cells to take."""
    return answer(_accept(json.loads(event["body"])))


async def _describe(request: Document) -> Any:
    of_customer = {"customer_id": request["caller_id"]}
    await asyncio.gather(
        database["users"].find_one({"_id": request["caller_id"]}),
        count_request("job_requests"),
    )
    made = {**_written["job_requests"][0], "_id": f"job_{uuid.uuid4().hex}"}
    events = _events(made["_id"])
    async with client.start_session() as session, await session.start_transaction():
        live = {**of_customer, "status": {"$in": ["open", "offering", "matched"]}}
        await database["job_requests"].count_documents(live, limit=5, session=session)
        await database["job_requests"].insert_one(made, session=session)
        await database["outbox"].insert_many(events, session=session)
    await publish(events)
    return made


async def _accept(request: Document) -> Any:
    offer_id, request_id = request["offer_id"], request["request_id"]
    _, offer, stored, _ = await asyncio.gather(
        database["users"].find_one({"_id": request["caller_id"]}, STATE),
        database["offers"].find_one({"_id": offer_id}),
        database["job_requests"].find_one({"_id": request_id}),
        service_with_provider(request["service_id"]),
    )
    assert offer is not None  # noqa: S101 - it was made for this call
    assert stored is not None  # noqa: S101 - as above
    booking_id = f"bkg_{uuid.uuid4().hex}"
    booking = new_booking(_written["bookings"][0], booking_id)
    claim = {**renewed(_written["slot_claims"][0], booking_id), "cells": request["cells"]}
    history = [renewed(row, booking_id) for row in _written["booking_history"]]
    operations = [renewed(row, booking_id) for row in _written.get("payment_operations", [])]
    events = _events(request_id)
    matched = {**_written["job_requests"][0], "_id": request_id, "booking_id": booking_id}
    accepted = {"$set": {"status": "accepted", "booking_id": booking_id}, "$inc": {"version": 1}}
    withdrawn = {"$set": {"status": "withdrawn", "next_due_at": None}, "$inc": {"version": 1}}
    async with client.start_session() as session, await session.start_transaction():
        of_version = {"_id": request_id, "version": stored["version"]}
        await database["job_requests"].replace_one(of_version, matched, session=session)
        await database["slot_claims"].insert_one(claim, session=session)
        taken = {"_id": offer_id, "version": offer["version"], "status": "open"}
        await database["offers"].update_one(taken, accepted, session=session)
        others = {"request_id": request_id, "status": "open"}
        await database["offers"].update_many(others, withdrawn, session=session)
        await database["bookings"].insert_one(booking, session=session)
        await database["booking_history"].insert_many(history, session=session)
        if operations:
            await database["payment_operations"].insert_many(operations, session=session)
        await database["outbox"].insert_many(events, session=session)
    await publish(events)
    return booking


def _events(request_id: str) -> list[Document]:
    rows = [{**row, "_id": uuid.uuid4().hex, "published_at": None} for row in _written["outbox"]]
    return [{**row, "payload": {**row["payload"], "request_id": request_id}} for row in rows]
