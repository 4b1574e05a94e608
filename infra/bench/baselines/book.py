"""The baseline of making a booking: the same reads, the same documents in one transaction, by the bare driver.

What to write is what the measured function itself wrote for one booking, captured beforehand and stored again under
fresh ids and free cells. With ``BENCH_STRIPE`` set, the baseline also makes the one call to Stripe that opens the
payment.
"""

import asyncio
import json
import os
import uuid
from pathlib import Path
from typing import Any

import httpx
from bson import json_util
from pymongo import AsyncMongoClient

from infra.bench.baselines.captured import fresh

_loop = asyncio.new_event_loop()
_client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(os.environ["MONGODB_URI"], w="majority")
_database = _client[os.environ["MONGODB_DATABASE"]]
_written: dict[str, list[dict[str, Any]]] = json_util.loads(Path(os.environ["BENCH_DOCUMENTS"]).read_text())
_stripe = os.environ.get("BENCH_STRIPE", "")
_http = httpx.AsyncClient(base_url=_stripe or "http://127.0.0.1", timeout=10)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Book: the body names the customer, the service, the provider and the cells to take."""
    answer = _loop.run_until_complete(_book(json.loads(event["body"])))
    return {"statusCode": 201, "headers": {"content-type": "application/json"}, "body": answer}


async def _book(request: dict[str, Any]) -> str:
    await _database["users"].find_one({"_id": request["customer_id"]}, {"is_active": 1, "session_epoch": 1, "roles": 1})
    await _database["users"].find_one({"_id": request["customer_id"]})
    await _database["services"].find_one({"_id": request["service_id"]})
    await _database["providers"].find_one({"_id": request["provider_id"]})
    near = {
        "provider_id": request["provider_id"],
        "cells": {"$elemMatch": {"$gte": request["cells"][0], "$lte": request["cells"][-1]}},
    }
    await _database["slot_claims"].find(near).to_list()
    if _stripe:
        await _open_payment(request)
    rows = fresh(_written, request["booking_id"], request["cells"])
    async with _client.start_session() as session, await session.start_transaction():
        for collection, documents in rows.items():
            await _database[collection].insert_many(documents, session=session)
    return json.dumps(rows["bookings"][0], default=str)


async def _open_payment(request: dict[str, Any]) -> None:
    form = {
        "amount": "12500",
        "currency": "nzd",
        "capture_method": "manual",
        "metadata[booking_id]": request["booking_id"],
    }
    headers = {"Authorization": f"Bearer {os.environ['STRIPE_SECRET_KEY']}", "Idempotency-Key": str(uuid.uuid4())}
    (await _http.post("/v1/payment_intents", data=form, headers=headers)).raise_for_status()
