"""Asking providers about a job: a wave of two hundred candidates beside its bare commands, and a sweep."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from bson import json_util
from common.adapters.mongo.shared.documents import to_document
from common.domain.bookings.booking import Place
from common.domain.catalogue.listings import areas_of, geojson
from common.domain.matching.job_requests import Window
from common.domain.matching.settings import load_matching_settings
from common.domain.matching.state_machine import NewRequest, create_request
from common.domain.shared.events import Topic, new_event
from common.domain.shared.geo import Point
from common.domain.shared.ids import new_id
from pymongo import MongoClient

from infra.bench import capture, costs, measure
from infra.bench.environments import Subject, running
from infra.bench.results import Held, Row, Section, compare
from infra.bench.statistics import Timing
from infra.bench.targets import Target
from infra.bench.world import DATABASE
from infra.ops.container import operating

if TYPE_CHECKING:
    from common.domain.matching.job_requests import JobRequest
    from pymongo.database import Database

    from infra.bench.setting import Setting

_CANDIDATES, _FAR = 200, 20_000
#: Metres between one provider and the next; degrees of latitude to where the others are.
_STEP_DEGREES, _AWAY_DEGREES = 0.0004, 6.0
_CATEGORY = "house-cleaning"
_WAVES, _WARMUP = 60, 8
_DUE, _FIRINGS = 100, 3
_MS = 1_000
#: More rows than any of a wave's reads finds.
_MANY = 1_000
_WAVE_TEXT = (
    "The message of the matching queue by which the first wave of a request is sent, with {candidates} providers in "
    "reach. The baseline sends the same reads, as captured, in the fewest trips: the request, the listings, and all "
    "that depends on them at once; then request, offers, figures and events in one transaction, and the events are "
    "sent. It decides, ranks and explains nothing. The last row is the same once {far:,} services of the category were "
    "added elsewhere."
)
_SWEEP_TEXT = (
    "{due} requests are due at once, each for its first wave among the same candidates, and one firing of the "
    "schedule's function sends them all."
)


async def asking(setting: Setting) -> list[Section]:
    """Both tables.

    Args:
        setting: Where they are measured.
    """
    await _store_candidates(setting)
    worker, folder = "functions.matching.matching_queue.handler", setting.functions / "matching"
    wave = Subject("GigSta", worker, folder, {}, fresh=lambda: due_message(_due(setting).id))
    await _capture(setting, wave)
    documents = str(setting.folder / "wave.json")
    bare = setting.baseline("matching.wave", fresh=lambda: {"id": _due(setting).id}, BENCH_DOCUMENTS=documents)
    base, runs = bare.named("baseline"), setting.runs(_WAVES)
    small = await measure.warm(setting.bench, [base, wave], runs=runs, warmup=_WARMUP)
    spent = {each.name: (await costs.trace(setting, each)).cost for each in (base, wave)}
    with MongoClient[dict[str, Any]](setting.servers.mongodb_uri, tz_aware=True) as client:
        _add_elsewhere(client[DATABASE])
    # The baseline takes turns again, so that a slower machine is not taken for a slower search.
    large = await measure.warm(setting.bench, [base, wave], runs=runs, warmup=_WARMUP)
    ours, theirs = small[wave.name], small[base.name]
    grown = (large[wave.name].median_ms / large[base.name].median_ms) / (ours.median_ms / theirs.median_ms)
    held = Held(Target.WAVE_GROWTH, grown, runs=min(ours.runs, large[wave.name].runs))
    rows = [
        Row(base.name, theirs, cost=spent[base.name]),
        compare(wave.name, ours, theirs, Target.WAVE, cost=spent[wave.name]),
        Row(f"GigSta among {_FAR:,} more", large[wave.name], large[wave.name].median_ms / large[base.name].median_ms),
    ]
    text = _WAVE_TEXT.format(candidates=_CANDIDATES, far=_FAR)
    return [Section("Asking providers: a wave", text, rows, (held,)), await _sweeping(setting)]


async def _sweeping(setting: Setting) -> Section:
    sweep = Subject("the sweep", "functions.matching.matching_schedule.handler", setting.functions / "matching", {})
    taken = []
    async with running(setting.bench, sweep) as environment:
        await environment.invoke({})
        for _ in range(_FIRINGS):
            for _ in range(_DUE):
                _due(setting)
            began = time.perf_counter()
            await environment.invoke({})
            taken.append((time.perf_counter() - began) * _MS)
    taken.sort()
    timing = Timing(taken[len(taken) // 2], None, taken[-1], _DUE * len(taken))
    held = Held(Target.MATCHING_SWEEP, timing.median_ms / _MS, runs=timing.runs)
    row = Row(f"{_DUE} due requests, all of them", timing, figures=(held,))
    return Section("Asking providers: a sweep", _SWEEP_TEXT.format(due=_DUE), [row])


async def _store_candidates(setting: Setting) -> None:
    """So many providers in a row towards the north, each with one service, all of them free around the clock."""
    world, now = setting.world, datetime.now(UTC)
    home = world.provider.address
    async with operating(setting.world.environment) as container:
        for number in range(_CANDIDATES):
            lat = (home.lat or 0) + _STEP_DEGREES * (number + 1)
            own = {
                "id": new_id("prv", now),
                "user_id": new_id("usr", now),
                "stripe_account_id": f"acct_bench{number}",
                "address": home.model_copy(update={"lat": lat}),
            }
            provider = world.provider.model_copy(update=own)
            of_provider = {"id": new_id("svc", now), "provider_id": provider.id, "category": _CATEGORY}
            await container.providers.insert(provider)
            await container.services.insert(world.service.model_copy(update=of_provider))


def _add_elsewhere(database: Database[dict[str, Any]]) -> None:
    """Add services of the same category far away: one of the listings again and again, elsewhere."""
    listings = database["service_listings"]
    pattern = listings.find_one({"category": _CATEGORY}) or {}
    rows = []
    for number in range(_FAR):
        lng, lat = pattern["location"]["coordinates"]
        point = Point(lat - _AWAY_DEGREES - number % 100 * 0.001, lng - number // 100 * 0.001)
        own = {"_id": f"svc_far{number}", "provider_id": f"prv_far{number}", "location": geojson(point)}
        rows.append({**pattern, **own, "areas": areas_of(pattern["categories"], point)})
    listings.insert_many(rows, ordered=False)


def _due(setting: Setting) -> JobRequest:
    """Store a request whose first wave is due among the candidates."""
    home, settings = setting.world.provider.address, load_matching_settings(setting.world.environment)
    return store_due_request(setting, Place(lat=home.lat, lng=home.lng, is_located=True), settings.radius_km)


def store_due_request(setting: Setting, place: Place, radius_km: int) -> JobRequest:
    """Store a request whose first wave is due.

    Args:
        setting: Where.
        place: Where the work is.
        radius_km: How far around it is looked.
    """
    now, settings = datetime.now(UTC), load_matching_settings(setting.world.environment)
    asked = NewRequest(
        customer_id=setting.world.user.id,
        category=_CATEGORY,
        title="Clean the house",
        place=place,
        window=Window(start_at=now + timedelta(days=1), end_at=now + timedelta(days=3), timezone="UTC"),
        radius_km=radius_km,
    )
    request = create_request(asked, now, settings).request
    with MongoClient[dict[str, Any]](setting.servers.mongodb_uri) as client:
        client[DATABASE]["job_requests"].insert_one(to_document(request))
    return request


def due_message(request_id: str) -> dict[str, Any]:
    """What the matching queue's worker is called with for a request.

    Args:
        request_id: Of the request.
    """
    event = new_event(Topic.MATCHING, "job_request.due", datetime.now(UTC), request_id=request_id)
    return {"Records": [{"messageId": uuid4().hex, "body": event.model_dump_json()}]}


async def _capture(setting: Setting, wave: Subject) -> None:
    """Keep what one wave reads and writes, for the baseline."""
    uri = setting.servers.mongodb_uri
    async with running(setting.bench, wave) as environment:
        await environment.invoke(due_message(_due(setting).id))
        request_id = _due(setting).id
        with capture.profiled(uri, DATABASE) as commands:
            await environment.invoke(due_message(request_id))
    with MongoClient[dict[str, Any]](uri, tz_aware=True) as client:
        database = client[DATABASE]
        written = {
            "reads": [_whole(each) for each in commands if _is_read(each)],
            "job_requests": list(database["job_requests"].find({"_id": request_id})),
            "offers": list(database["offers"].find({"request_id": request_id})),
            "outbox": list(database["outbox"].find({"payload.request_id": request_id})),
        }
    (setting.folder / "wave.json").write_text(json_util.dumps(written))


def _is_read(command: dict[str, Any]) -> bool:
    """Whether it is one of the wave's own reads, the request's aside, which each run does for another one."""
    collection = command.get("find") or command.get("aggregate")
    return collection is not None and collection not in {"job_requests", "processed_events", "outbox"}


def _whole(command: dict[str, Any]) -> dict[str, Any]:
    """The same read with all that it finds in one answer."""
    size = {"batchSize": _MANY}
    return {**command, **({"cursor": size} if "aggregate" in command else size)}
