"""The whole story by bare handlers, one for each function that it calls: the same requests, the fewest commands.

As in the other baselines: whether the account may act is read, a slot is taken by its unique index, what belongs
together is one transaction, and events are sent after it. Left out: verifying the token, who may see what, rules and
guards, limits, and the shape of answers. What is written is what the measured functions wrote for one booking.
"""

import asyncio
import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from infra.bench.baselines.connection import STATE, Document, answer, client, database, service_with_provider
from infra.bench.baselines.payment import open_payment
from infra.bench.baselines.publishing import publish
from infra.bench.baselines.story import first_booking, fresh_id, rows_of, take_step
from infra.bench.baselines.webhook import is_signed, queue_event

_PAGE = 21
_CELL_SECONDS, _HOUR_CELLS = 300, 12
_STEP = timedelta(minutes=15)


def providers(event: Document, _context: object) -> Document:
    """A service and whose it is; or when it is free."""
    path = event["rawPath"].split("/")
    if path[-1] == "slots":
        return answer(_slots(path[-2], event["rawQueryString"]))
    return answer(_offer(path[-1]))


def bookings(event: Document, _context: object) -> Document:
    """Book, act, read one, or list."""
    caller, path = _caller(event), event["rawPath"].split("/")
    if event["requestContext"]["http"]["method"] == "GET":
        work = _list(caller, event["rawQueryString"]) if path[-1] == "bookings" else _read(caller, path[-1])
        return answer(work)
    if path[-1] == "bookings":
        return answer(_book(caller, json.loads(event["body"])), 201)
    return answer(_act(caller, path[-3], path[-1]))


def payments(event: Document, _context: object) -> Document:
    """The booking, what was done at Stripe, what moved."""
    return answer(_payment(_caller(event), event["rawPath"].split("/")[-2]))


def notifications(event: Document, _context: object) -> Document:
    """The inbox, and how much of it is unread."""
    return answer(_notifications(_caller(event)))


def webhooks(event: Document, _context: object) -> Document:
    """Verify the signature, store the event, queue its id."""
    return answer(_take_in(json.loads(event["body"]))) if is_signed(event) else {"statusCode": 400}


def _caller(event: Document) -> str:
    payload = event["headers"]["authorization"].split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sub"])


async def _account(caller: str) -> Any:
    return await database["users"].find_one({"_id": caller}, STATE)


async def _offer(service_id: str) -> Any:
    service = await database["services"].find_one({"_id": service_id}) or {}
    return service, await database["providers"].find_one({"_id": service["provider_id"]})


async def _slots(service_id: str, query: str) -> Any:
    service, provider = await _offer(service_id)
    asked = parse_qs(query)
    start, end = (datetime.fromisoformat(asked[name][0]) for name in ("from", "to"))
    within = {"$elemMatch": {"$gte": _cell(start), "$lt": _cell(end)}}
    of_provider = {"provider_id": provider["_id"], "cells": within}
    claims = await database["slot_claims"].find(of_provider, {"cells": 1}).to_list()
    taken = {cell for claim in claims for cell in claim["cells"]}
    step, items = _STEP.total_seconds(), []
    first = datetime.fromtimestamp(-(-start.timestamp() // step) * step, UTC)
    while first < end:
        if taken.isdisjoint(_cells(first)):
            items.append({"start_at": first.isoformat()})
        first += _STEP
    return {"items": items, "duration_minutes": service["duration_minutes"]}


async def _book(caller: str, request: Document) -> Any:
    _, service = await asyncio.gather(
        database["users"].find_one({"_id": caller}), service_with_provider(request["service_id"])
    )
    provider, start = service["provider"][0], datetime.fromisoformat(request["start_at"])
    booking_id = fresh_id("bkg")
    booking = first_booking({
        "_id": booking_id, "claim_id": booking_id, "customer_id": caller, "service_id": service["_id"],
        "provider_id": provider["_id"], "provider_user_id": provider["user_id"],
        "slot": {"start_at": start, "end_at": start + timedelta(minutes=service["duration_minutes"])},
    })  # fmt: skip
    rows = rows_of("create", booking_id)
    whose = {"provider_id": provider["_id"], "resource_id": provider["_id"]}
    claim = {**rows["slot_claims"][0], **whose, "cells": _cells(start)}
    operation, events = rows["payment_operations"][0], rows.get("outbox", [])
    first, *later = rows["booking_history"]
    async with client.start_session() as session, await session.start_transaction():
        await database["slot_claims"].insert_one(claim, session=session)
        await database["bookings"].insert_one(booking, session=session)
        await database["booking_history"].insert_one(first, session=session)
        await database["payment_operations"].insert_one(operation, session=session)
        if events:
            await database["outbox"].insert_many(events, session=session)
    publishing = asyncio.create_task(publish(events))
    intent = await open_payment(booking_id, operation["_id"])
    charge = {**booking["charges"][0], "payment_intent_id": intent["id"]}
    opened = {**booking, "charges": [charge], "version": booking["version"] + 1}
    done = {"$set": {"status": "succeeded", "stripe_id": intent["id"]}}
    of_version = {"_id": booking_id, "version": booking["version"]}
    async with client.start_session() as session, await session.start_transaction():
        await database["bookings"].replace_one(of_version, opened, session=session)
        if later:
            await database["booking_history"].insert_many(later, session=session)
        await database["payment_operations"].update_one({"_id": operation["_id"]}, done, session=session)
    await publishing
    shown = _view(opened)
    return {**shown, "payment": {**shown["payment"], "client_secret": intent["client_secret"]}}


async def _act(caller: str, booking_id: str, action: str) -> Any:
    _, stored = await asyncio.gather(_account(caller), database["bookings"].find_one({"_id": booking_id}))
    assert stored is not None  # noqa: S101 - it was made for this call
    return _view(await take_step(action, stored))


async def _read(caller: str, booking_id: str) -> Any:
    _, stored = await asyncio.gather(_account(caller), database["bookings"].find_one({"_id": booking_id}))
    assert stored is not None  # noqa: S101 - it was made for this call
    return _view(stored)


async def _list(caller: str, query: str) -> Any:
    account = await database["users"].find_one({"_id": caller}, {**STATE, "provider_id": 1}) or {}
    is_provider = parse_qs(query).get("role") == ["provider"]
    whose = {"provider_id": account["provider_id"]} if is_provider else {"customer_id": caller}
    found = database["bookings"].find(whose, sort=[("slot.start_at", -1), ("_id", -1)], limit=_PAGE)
    return {"items": await found.to_list()}


async def _payment(caller: str, booking_id: str) -> Any:
    of_booking = {"booking_id": booking_id}
    _, booking, operations, ledger = await asyncio.gather(
        _account(caller),
        database["bookings"].find_one({"_id": booking_id}),
        database["payment_operations"].find(of_booking, sort=[("sequence", 1)]).to_list(),
        database["ledger_entries"].find(of_booking, sort=[("_id", 1)]).to_list(),
    )
    return booking, operations, ledger


async def _notifications(caller: str) -> Any:
    own = {"user_id": caller}
    _, found, unread = await asyncio.gather(
        _account(caller),
        database["notifications"].find(own, sort=[("_id", -1)], limit=_PAGE).to_list(),
        database["notifications"].count_documents({**own, "read_at": None}, limit=1000),
    )
    return found, unread


async def _take_in(found: Document) -> Document:
    about = found["data"]["object"]
    intent_id = about["id"] if about["object"] == "payment_intent" else about.get("payment_intent")
    row = {
        "_id": found["id"], "type": found["type"], "created": found["created"], "object_id": intent_id,
        "booking_id": about.get("metadata", {}).get("booking_id"), "status": "received",
    }  # fmt: skip
    await database["webhook_events"].insert_one(row)
    await queue_event(found["id"])
    return {"received": True}


def _cell(instant: datetime) -> int:
    return int(instant.timestamp()) // _CELL_SECONDS


def _cells(start: datetime) -> list[int]:
    return list(range(_cell(start), _cell(start) + _HOUR_CELLS))


def _view(booking: Document) -> Document:
    """The booking, its id and its payment's state where clients look for them."""
    return {**booking, "id": booking["_id"], "payment": {"state": booking["payment"]}}
