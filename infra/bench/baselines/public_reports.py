"""Baselines of reports: the same commands by the bare driver.

Left out: verifying the token, checking what is reported, and the shape of the answer.
"""

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.bench.baselines.connection import STATE, Document, answer, client, count_request, database
from infra.bench.baselines.publishing import publish

#: Beyond the end of any run: the sweep under measurement knows no rows of a baseline.
_PATIENCE = timedelta(days=1)


def making(event: Document, _context: object) -> Document:
    """Report: the body has the account and the photograph beside what is reported."""
    return answer(_make(json.loads(event["body"])), 201)


def one(event: Document, _context: object) -> Document:
    """One report."""
    return answer(database["reports"].find_one({"_id": json.loads(event["body"])["report_id"]}))


async def _make(request: Document) -> Any:
    owner, now = request["caller_id"], datetime.now(UTC)
    await database["users"].find_one({"_id": owner}, STATE)
    await count_request("reports")
    await database["media"].find_one({"_id": request["media_id"]})
    report_id = f"bench_{uuid.uuid4().hex}"
    place = request["location"]
    report = {
        "_id": report_id, "version": 1, "status": "pending_verification", "is_public": False, "author_id": owner,
        "title": request["title"], "description": request["description"], "category": request["category"],
        "place": {**place, "address": request["address"]}, "photos": [{"media_id": request["media_id"]}],
        "location": {"type": "Point", "coordinates": [place["lng"], place["lat"]]},
        "verification": {"since": now}, "upvote_count": 0, "verified_upvote_count": 0, "created_at": now,
        "next_due_at": now + _PATIENCE, "next_due_action": "request_verification",
    }  # fmt: skip
    entry = {"_id": f"his_{uuid.uuid4().hex}", "report_id": report_id, "version": 1, "action": "create", "at": now}
    events = [
        {
            "_id": f"evt_{uuid.uuid4().hex}", "topic": "reports", "type": type_, "payload": {"report_id": report_id},
            "created_at": now, "published_at": None, "not_before": None,
        }
        for type_ in ("report.verification_requested", "report.changed")
    ]  # fmt: skip
    async with client.start_session() as session, await session.start_transaction():
        await database["reports"].insert_one(report, session=session)
        await database["report_history"].insert_one(entry, session=session)
        await database["users"].update_one({"_id": owner}, {"$inc": {"touches": 1}}, session=session)
        attached = {"$set": {"attached_to": f"report:{report_id}"}}
        await database["media"].update_one({"_id": request["media_id"]}, attached, session=session)
        await database["outbox"].insert_many(events, session=session)
    await publish(events)
    return report
