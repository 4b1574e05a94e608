"""Bare workers of the whole story: each message once, in the fewest commands, several of a batch at the same time."""

import asyncio
import json
import os
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import httpx
import jinja2

from infra.bench.baselines.connection import Document, database, loop
from infra.bench.baselines.story import fresh_id, take_step, told

_MINUTE = timedelta(minutes=1)
_KEPT = timedelta(days=30)
#: Of several events of one payment, the one that moves its booking.
_AUTHORIZED = "payment_intent.amount_capturable_updated"
_mails: Any = boto3.client("sesv2")
_headers = {"Authorization": f"Bearer {os.environ['STRIPE_SECRET_KEY']}"}
_stripe = httpx.AsyncClient(base_url=os.environ["STRIPE_API_BASE"], headers=_headers, timeout=10)
_template = jinja2.Environment(autoescape=True).from_string(
    "<!doctype html><p>Hello {{ name }},</p><p>{{ type }}: {{ booking._id }}, {{ booking.slot.start_at }}.</p>"
)


def notifications(event: Document, _context: object) -> Document:
    """For each that is told: who it is, an inbox entry, a mail noted before it goes out."""
    return _work(event, _tell)


def payment_checks(event: Document, _context: object) -> Document:
    """The operation that is owed, leased, done at Stripe under its key, and what follows in one transaction."""
    return _work(event, _operate)


def stripe_events(event: Document, _context: object) -> Document:
    """The stored event, its booking and the payment as it is now; the booking moves on once it is authorized."""
    return _work(event, _follow)


def _work(event: Document, work: Callable[[Document], Awaitable[None]]) -> Document:
    loop.run_until_complete(_all(event["Records"], work))
    return {"batchItemFailures": []}


async def _all(records: list[Document], work: Callable[[Document], Awaitable[None]]) -> None:
    await asyncio.gather(*(_once(json.loads(record["body"]), work) for record in records))


async def _once(message: Document, work: Callable[[Document], Awaitable[None]]) -> None:
    name, now = f"bare:{message.get('event_id') or message['_id']}", datetime.now(UTC)
    claim = {"$setOnInsert": {"claimed_until": now + _MINUTE, "expires_at": now + _KEPT}}
    claimed = await database["processed_events"].update_one({"_id": name}, claim, upsert=True)
    if claimed.upserted_id is not None:
        await work(message)
        await database["processed_events"].update_one({"_id": name}, {"$set": {"done_at": datetime.now(UTC)}})


async def _tell(event: Document) -> None:
    readers = told.get(event["type"], [])
    if readers:
        booking = await database["bookings"].find_one({"_id": event["booking_id"]}) or {}
        await asyncio.gather(*(_mail(event, booking, booking[reader]) for reader in readers))


async def _mail(event: Document, booking: Document, user_id: str) -> None:
    user = await database["users"].find_one({"_id": user_id}) or {}
    html = _template.render(name=user["full_name"], type=event["type"], booking=booking)
    now = datetime.now(UTC)
    entry = {"user_id": user_id, "type": event["type"], "title": event["type"], "booking_id": booking["_id"]}
    await database["notifications"].insert_one({"_id": fresh_id("ntf"), **entry, "created_at": now, "read_at": None})
    await database["bench_mails"].insert_one({"_id": uuid.uuid4().hex, "user_id": user_id, "at": now})
    content = {"Simple": {"Subject": {"Data": event["type"]}, "Body": {"Html": {"Data": html}}}}
    to = {"ToAddresses": [user["email"]]}
    await asyncio.to_thread(
        _mails.send_email, FromEmailAddress=os.environ["MAIL_FROM"], Destination=to, Content=content
    )


async def _operate(event: Document) -> None:
    lease = {"$set": {"status": "processing", "leased_until": datetime.now(UTC) + _MINUTE}}
    owed = {"booking_id": event["booking_id"], "status": {"$nin": ["succeeded", "processing"]}}
    booking, operation = await asyncio.gather(
        database["bookings"].find_one({"_id": event["booking_id"]}),
        database["payment_operations"].find_one_and_update(owed, lease),
    )
    if booking is None or operation is None:
        return
    intent_id = booking["charges"][0]["payment_intent_id"]
    key = {"Idempotency-Key": operation["_id"]}
    (await _stripe.post(f"/v1/payment_intents/{intent_id}/capture", headers=key)).raise_for_status()
    await take_step("captured", booking, operation["_id"])


async def _follow(message: Document) -> None:
    event = await database["webhook_events"].find_one({"_id": message["event_id"]}) or {}
    if event.get("object_id"):
        found = {"charges.payment_intent_id": event["object_id"]}
        booking, intent = await asyncio.gather(
            database["bookings"].find_one({"_id": event["booking_id"]} if event["booking_id"] else found),
            _stripe.get(f"/v1/payment_intents/{event['object_id']}"),
        )
        state = intent.raise_for_status().json()["status"]
        is_first = event["type"] == _AUTHORIZED and booking is not None and booking["status"] == "pending_payment"
        if booking is not None and is_first and state == "requires_capture":
            await take_step("paid", booking)
    done = {"$set": {"status": "processed", "processed_at": datetime.now(UTC)}}
    await database["webhook_events"].update_one({"_id": message["event_id"]}, done)
