"""Bare workers: the same libraries imported as by ours, and the real work of one message in the fewest commands.

``BENCH_LIBRARIES`` has the names of the third-party modules that our worker has loaded when it waits for its first
message. A message of a queue is claimed first and marked as done last, so that it is worked on once.
"""

import asyncio
import importlib
import json
import os
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import httpx

from infra.bench.baselines.connection import Document, client, database, loop
from infra.bench.baselines.publishing import publish

for _name in json.loads(Path(os.environ["BENCH_LIBRARIES"]).read_text(encoding="utf-8")):
    importlib.import_module(_name)

_DAY = timedelta(days=1)
_MAIL = "<!doctype html><p>Hello {{ name }},</p><p>your password was changed. If that was not you, reset it.</p>"


def notifications_queue(event: Document, _context: object) -> None:
    """A mail: who gets it, rendered, sent, remembered."""
    loop.run_until_complete(_mail(_body(event)))


def payment_checks_queue(event: Document, _context: object) -> None:
    """A booking and its operations, compared with the payment at Stripe."""
    loop.run_until_complete(_check(_body(event)))


def stripe_events_queue(event: Document, _context: object) -> None:
    """A stored event of Stripe's, its booking, and the payment as it is now."""
    loop.run_until_complete(_stripe_event(_body(event)["event_id"]))


def media_queue(event: Document, _context: object) -> None:
    """A photograph that was given up meanwhile: it is looked for, and nothing is left to do."""
    loop.run_until_complete(_photograph(_body(event)))


def realtime_queue(event: Document, _context: object) -> None:
    """An event is added to somebody's stream, and their connections are looked for: there is none."""
    loop.run_until_complete(_seen(_body(event)))


def matching_queue(event: Document, _context: object) -> None:
    """A request is read and nobody is found for it, which it keeps with an event."""
    loop.run_until_complete(_match(_body(event)))


def matching_schedule(_event: Document, _context: object) -> None:
    """What is due is leased; then the same."""
    loop.run_until_complete(_match_due())


def reports_queue(event: Document, _context: object) -> None:
    """A report that was withdrawn meanwhile: it is looked for, and nothing is left to do."""
    loop.run_until_complete(_report(_body(event)))


def reports_schedule(_event: Document, _context: object) -> None:
    """Whether any report is due, or is to be counted again: none is."""
    loop.run_until_complete(_due_reports())


def sweep_schedule(_event: Document, _context: object) -> None:
    """What is due is leased, and expires: booking, audit row, event and freed time in one transaction."""
    loop.run_until_complete(_sweep())


def outbox_schedule(_event: Document, _context: object) -> None:
    """Events that were left over are sent."""
    loop.run_until_complete(_send_left_over())


def cleanup_schedule(_event: Document, _context: object) -> None:
    """What has expired is removed."""
    loop.run_until_complete(database["mail_tokens"].delete_many({"expires_at": {"$lte": datetime.now(UTC)}}))


def metrics_schedule(_event: Document, _context: object) -> None:
    """Today is counted under a lease: a command for each collection, a document for each area."""
    loop.run_until_complete(_count_today())


def _body(event: Document) -> Document:
    found: Document = json.loads(event["Records"][0]["body"])
    return found


async def _begin(event_id: str) -> None:
    now = datetime.now(UTC)
    claim = {"$setOnInsert": {"claimed_until": now + timedelta(minutes=1), "expires_at": now + _DAY}}
    await database["processed_events"].update_one({"_id": f"bare:{event_id}"}, claim, upsert=True)


async def _done(event_id: str) -> None:
    done = {"$set": {"done_at": datetime.now(UTC)}}
    await database["processed_events"].update_one({"_id": f"bare:{event_id}"}, done)


async def _mail(event: Document) -> None:
    jinja2: Any = importlib.import_module("jinja2")
    await _begin(event["id"])
    user = await database["users"].find_one({"_id": event["payload"]["to_user_id"]}) or {}
    environment = jinja2.Environment(autoescape=True)
    html = environment.from_string(_MAIL).render(name=user["full_name"])
    ses: Any = boto3.client("sesv2")
    content = {"Simple": {"Subject": {"Data": "Your password"}, "Body": {"Html": {"Data": html}}}}
    await asyncio.to_thread(
        ses.send_email,
        FromEmailAddress=os.environ["MAIL_FROM"],
        Destination={"ToAddresses": [user["email"]]},
        Content=content,
    )
    row = {"_id": uuid.uuid4().hex, "user_id": user["_id"], "at": datetime.now(UTC)}
    await database["bench_mails"].insert_one(row)
    await _done(event["id"])


async def _check(event: Document) -> None:
    await _begin(event["id"])
    booking_id = event["booking_id"]
    booking = await database["bookings"].find_one({"_id": booking_id}) or {}
    await database["payment_operations"].find({"booking_id": booking_id}).to_list()
    await _intent(booking["charges"][0]["payment_intent_id"])
    await _done(event["id"])


async def _stripe_event(event_id: str) -> None:
    lease = {"$set": {"status": "processing", "leased_until": datetime.now(UTC) + timedelta(minutes=1)}}
    event = await database["webhook_events"].find_one_and_update({"_id": event_id}, lease) or {}
    await database["bookings"].find_one({"_id": event["booking_id"]})
    await _intent(event["object_id"])
    await database["webhook_events"].update_one({"_id": event_id}, {"$set": {"status": "processed"}})


async def _intent(intent_id: str) -> Any:
    headers = {"Authorization": f"Bearer {os.environ['STRIPE_SECRET_KEY']}"}
    async with httpx.AsyncClient(base_url=os.environ["STRIPE_API_BASE"], headers=headers) as stripe:
        return (await stripe.get(f"/v1/payment_intents/{intent_id}")).raise_for_status().json()


async def _match(event: Document) -> None:
    await _begin(event["id"])
    request = await database["job_requests"].find_one({"_id": event["payload"]["request_id"]}) or {}
    await _find_nobody(request)
    await _done(event["id"])


async def _match_due() -> None:
    now = datetime.now(UTC)
    lease = {"$set": {"lease": {"token": uuid.uuid4().hex}, "next_due_at": now + timedelta(minutes=2)}}
    due = {"next_due_at": {"$type": "date", "$lte": now}}
    request = await database["job_requests"].find_one_and_update(due, lease)
    await database["offers"].find(due, {"_id": 1}).limit(50).to_list()
    if request is not None:
        await _find_nobody(request)


async def _find_nobody(request: Document) -> None:
    """Look for candidates, in the request's own category and beside it, and keep that there are none."""
    now = datetime.now(UTC)
    await database["users"].find_one({"_id": request["customer_id"]})
    await database["categories"].find().to_list()
    centre = {"type": "Point", "coordinates": [request["place"]["lng"], request["place"]["lat"]]}
    near = {"location": {"$nearSphere": {"$geometry": centre, "$maxDistance": 10_000}}}
    for tag in ("#house-cleaning@customer", "#house-cleaning@customer", "#cleaning@customer"):
        found = database["service_listings"].find({"tokens": tag, "reach_m": {"$gte": 0}, **near}, hint="near")
        await found.limit(200).to_list()
    done = {"customer_id": request["customer_id"], "status": "settled"}
    await database["bookings"].find(done, {"provider_id": 1}).limit(200).to_list()
    mark = {"_id": uuid.uuid4().hex, "type": "job_request.exhausted", "created_at": now, "published_at": None}
    async with client.start_session() as session, await session.start_transaction():
        of_version = {"_id": request["_id"], "version": request["version"]}
        ended = {"$set": {"status": "exhausted", "next_due_at": None}, "$inc": {"version": 1}}
        await database["job_requests"].update_one(of_version, ended, session=session)
        await database["outbox"].insert_one(mark, session=session)
    await publish([mark])


async def _photograph(event: Document) -> None:
    await _begin(event["id"])
    uploaded = {"_id": event["payload"]["media_id"], "state": "uploaded"}
    await database["media"].find_one_and_update(uploaded, {"$set": {"state": "processing"}})
    await _done(event["id"])


async def _report(event: Document) -> None:
    await _begin(event["id"])
    await database["reports"].find_one({"_id": event["payload"]["report_id"]})
    await _done(event["id"])


async def _due_reports() -> None:
    now = datetime.now(UTC)
    for field in ("next_due_at", "recount_at"):
        await database["reports"].find_one({field: {"$type": "date", "$lte": now}}, {"_id": 1})


async def _sweep() -> None:
    now = datetime.now(UTC)
    lease = {"$set": {"lease": {"token": uuid.uuid4().hex, "until": now + timedelta(minutes=1)}}}
    due = {"next_due_at": {"$lte": now}}
    booking = await database["bookings"].find_one_and_update(due, lease)
    if booking is None:
        return
    mark = {"_id": uuid.uuid4().hex, "booking_id": booking["_id"], "at": now}
    events = [{**mark, "type": "booking.expired", "published_at": None}]
    ended = {"$set": {"status": "payment_expired", "next_due_at": None}, "$inc": {"version": 1}}
    async with client.start_session() as session, await session.start_transaction():
        of_version = {"_id": booking["_id"], "version": booking["version"]}
        await database["bookings"].update_one(of_version, ended, session=session)
        await database["slot_claims"].delete_many({"_id": booking["_id"]}, session=session)
        await database["booking_history"].insert_one(mark, session=session)
        await database["outbox"].insert_many(events, session=session)
    await publish(events)


async def _seen(event: Document) -> None:
    user_id, row = event["payload"]["user_ids"][0], {"id": event["id"], "type": event["type"], **event["payload"]}
    await asyncio.gather(
        database["realtime_streams"].update_one(
            {"_id": user_id}, {"$inc": {"seq": 1}, "$push": {"events": {"$each": [row], "$slice": -100}}}
        ),
        database["realtime_connections"].find({"user_id": user_id}).to_list(),
    )


async def _send_left_over() -> None:
    before = {"published_at": None, "created_at": {"$lte": datetime.now(UTC) - timedelta(minutes=2)}}
    rows = await database["outbox"].find(before).limit(10).to_list()
    if rows:
        await publish(rows)


async def _count_today() -> None:
    now = datetime.now(UTC)
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    runs, days = database["metrics_runs"], database["metrics_days"]
    lease = {"$set": {"leased_until": now + timedelta(minutes=2)}}
    await runs.update_one({"_id": "bare"}, lease, upsert=True)
    await days.find({"_id": {"$gte": str((now - 93 * _DAY).date())}}, {"computed_at": 1}).to_list()
    #: Of each area, the collections that are read and the field that says when.
    areas = {
        "bookings": {"booking_history": "at"},
        "money": {"ledger_entries": "at"},
        "matching": {"job_requests": "created_at"},
        "people": {
            "users": "created_at", "providers": "created_at", "security_events": "at", "messages": "created_at",
        },
        "reports": {"reports": "created_at", "report_history": "at"},
    }  # fmt: skip
    for area, collections in areas.items():
        counts = {}
        for name, field in collections.items():
            quarter = {"$dateTrunc": {"date": f"${field}", "unit": "minute", "binSize": 15}}
            prefix = {
                "booking_history": "his", "ledger_entries": "led", "job_requests": "job", "users": "usr",
                "providers": "prv", "security_events": "sev", "messages": "msg", "reports": "rpt",
                "report_history": "his",
            }[name]  # fmt: skip
            stages: list[Document] = [
                {"$match": {"_id": {"$gte": f"{prefix}_", "$lt": f"{prefix}`"}, field: {"$gte": today}}},
                {"$group": {"_id": quarter, "n": {"$sum": 1}}},
            ]
            counts[name] = await (await database[name].aggregate(stages)).to_list()
        row = {"area": area, "counts": {name: len(rows) for name, rows in counts.items()}, "computed_at": now}
        await days.replace_one({"_id": f"bare:{area}"}, row, upsert=True)
    await runs.update_one({"_id": "bare"}, {"$set": {"leased_until": now}})
