"""Making a report, listing reports and reading one, beside their baselines."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from pymongo import MongoClient

from infra.bench import costs
from infra.bench.environments import http_event
from infra.bench.results import Section
from infra.bench.targets import Target
from infra.bench.world import DATABASE

if TYPE_CHECKING:
    from infra.bench.setting import Setting

_MADE, _WARMUP, _CREATED = 150, 20, 201
_READS = 200
_MAKE_TEXT = (
    "`POST /v1/reports` with one photo, signed in. The baseline reads whether the account may act, counts the request, "
    "reads the photo, and in one transaction touches the account, inserts the report, its timeline's row and its "
    "events and attaches the photo; then it sends the events. It verifies no token and checks no input. Fifty an hour "
    "are an account's limit, so its count is forgotten before each."
)
_READ_TEXT = (
    "`GET /v1/reports` and `GET /v1/reports/{id}`, as anybody sees them, with nothing kept in the process. The "
    "baseline finds the same documents and answers them by `json.dumps`."
)


async def public_reports(setting: Setting) -> list[Section]:
    """Both tables."""
    return [await _making(setting), await _reading(setting)]


async def _making(setting: Setting) -> Section:
    world = setting.world
    place = {"location": {"lat": -36.8485, "lng": 174.7633}, "address": "1 Queen Street"}
    told = {"title": "A pothole at the corner", "description": "Deep.", "category": "pothole", **place}
    with MongoClient[dict[str, Any]](setting.servers.mongodb_uri) as client:
        database = client[DATABASE]

        def photo() -> str:
            media_id, now = f"med_{uuid4().hex}", datetime.now(UTC)
            row: dict[str, Any] = {"_id": media_id, "owner_id": world.user.id, "purpose": "report", "state": "ready"}
            row |= {
                "content_type": "image/jpeg",
                "size": 1000,
                "sha256": uuid4().hex * 2,
                "key": f"incoming/{media_id}",
            }
            times = {"upload_until": now, "created_at": now, "updated_at": now, "attached_to": None}
            database["media"].insert_one({**row, **times, "width": 2048, "height": 1536, "bands": []})
            return media_id

        def ours() -> dict[str, Any]:
            database["rate_limits"].delete_many({"_id": f"reports:{world.user.id}"})
            return http_event("POST", "/v1/reports", token=world.token, body={**told, "media_ids": [photo()]})

        def bare() -> dict[str, Any]:
            return http_event("POST", "/", body={**told, "caller_id": world.user.id, "media_id": photo()})

        base = setting.baseline("public_reports.making", status=_CREATED, fresh=bare).named("baseline")
        mine = setting.http["reports"].sending(ours, _CREATED).named("GigSta")
        runs = setting.runs(_MADE)
        rows = await costs.compared(setting, base, mine, Target.REPORT, of="", runs=runs, warmup=_WARMUP)
    return Section("Making a report", _MAKE_TEXT, rows)


async def _reading(setting: Setting) -> Section:
    section = Section("Reading reports", _READ_TEXT)
    with MongoClient[dict[str, Any]](setting.servers.mongodb_uri) as client:
        known = client[DATABASE]["reports"].find_one({"is_public": True}, {"_id": 1}) or {}
    for of, handler, path, body in (
        ("list", "reads.reports", "/v1/reports", {}),
        ("one", "public_reports.one", f"/v1/reports/{known['_id']}", {"report_id": known["_id"]}),
    ):
        event = http_event("POST", "/", body=body)
        base = setting.baseline(handler, event, status=200).named(f"{of}: baseline")
        mine = setting.http["reports"].asking(http_event("GET", path)).named(f"{of}: GigSta")
        runs = setting.runs(_READS)
        section.rows.extend(await costs.compared(setting, base, mine, Target.REPORTS, of=of, runs=runs, warmup=_WARMUP))
    return section
