"""Describing a job and accepting an offer, beside their baselines."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bson import json_util
from common.adapters.mongo.shared.documents import to_document
from common.domain.bookings.booking import Place
from common.domain.bookings.state_machine import SYSTEM
from common.domain.matching.candidates import Candidate
from common.domain.matching.job_requests import Window
from common.domain.matching.scoring import score
from common.domain.matching.settings import load_matching_settings
from common.domain.matching.state_machine import (
    NewRequest,
    WaveSent,
    create_request,
    make_offer,
    perform_on_request,
)
from pymongo import MongoClient

from infra.bench import capture, costs, measure
from infra.bench.environments import http_event, running
from infra.bench.results import Section
from infra.bench.targets import Target
from infra.bench.world import DATABASE, nth_start

if TYPE_CHECKING:
    from infra.bench.setting import Setting

_RUNS, _WARMUP, _CREATED = 80, 8, 201
#: Providers of a request who were asked, the one who accepts with them.
_ASKED = 3
#: The last free starts of the world's calendar, so that no booking of another table is met.
_FIRST_START = 1_500
_TITLE = "Trim the hedge at the back"
_DESCRIBE_TEXT = (
    "`POST /v1/job-requests` of a category. The baseline reads the account, counts the request and the customer's "
    "requests, and inserts the request and its event in one transaction; the event is sent. It verifies no token, "
    "locates no address and knows no rules of windows."
)
_ACCEPT_TEXT = (
    "`POST /v1/offers/{id}/accept` of the first of three who were asked, at a known price. The baseline reads the "
    "account, the offer with its request, and the service with its provider; in one transaction it moves the request "
    "on condition of its version, takes the slot by its unique index, accepts the offer, withdraws the others, and "
    "inserts booking, audit row and events; these are sent. It verifies no token, looks for no free start, and knows "
    "no rules."
)


async def dealing(setting: Setting) -> list[Section]:
    """Both tables.

    Args:
        setting: Where they are measured.
    """
    return [await _describing(setting), await _accepting(setting)]


async def _describing(setting: Setting) -> Section:
    world, now = setting.world, datetime.now(UTC).replace(microsecond=0)
    window = {"start_at": _written(now + timedelta(days=1)), "end_at": _written(now + timedelta(days=3))}
    body = {
        "category": "hedge-trimming", "title": _TITLE, "description": "Two metres high, ten metres long.",
        "address": "2 Queen Street, Auckland", "window": window,
    }  # fmt: skip
    ours = http_event("POST", "/v1/job-requests", token=world.token, body=body)
    mine = setting.http["matching"].sending(lambda: ours, _CREATED).named("GigSta")
    async with running(setting.bench, mine) as environment:
        answer = await environment.invoke(ours, _CREATED)
    request_id = json_util.loads(answer["body"])["id"]
    documents = setting.folder / "described.json"
    _keep(setting, documents.name, {"job_requests": {"_id": request_id}, "outbox": {"payload.request_id": request_id}})
    bare = http_event("POST", "/", body={"caller_id": world.user.id})
    base = setting.baseline("deals.describing", bare, status=_CREATED, BENCH_DOCUMENTS=str(documents)).named("baseline")
    rows = await costs.compared(
        setting, base, mine, Target.JOB_REQUEST, of="", runs=setting.runs(_RUNS), warmup=_WARMUP
    )
    return Section("Describing a job", _DESCRIBE_TEXT, rows)


async def _accepting(setting: Setting) -> Section:
    world, starts = setting.world, itertools.count(_FIRST_START)

    def ours() -> dict[str, Any]:
        offer_id, _ = _offered(setting, next(starts))
        return http_event("POST", f"/v1/offers/{offer_id}/accept", token=world.provider_token, body={})

    def bare() -> dict[str, Any]:
        number = next(starts)
        offer_id, request_id = _offered(setting, number)
        cells = measure.bare_request(world, number, "")["cells"]
        body = {"caller_id": world.provider.user_id, "offer_id": offer_id, "request_id": request_id, "cells": cells}
        return http_event("POST", "/", body={**body, "service_id": world.service.id})

    mine = setting.http["matching"].sending(ours, 200).named("GigSta")
    offer_id, request_id = _offered(setting, next(starts))
    first = http_event("POST", f"/v1/offers/{offer_id}/accept", token=world.provider_token, body={})
    async with running(setting.bench, mine) as environment:
        await environment.invoke(first, 200)
    booking_id = f"bkg_{offer_id.partition('_')[2]}"
    with MongoClient[dict[str, Any]](setting.servers.mongodb_uri, tz_aware=True) as client:
        written = capture.documents_of(setting.servers.mongodb_uri, DATABASE, booking_id)
        events = client[DATABASE]["outbox"].find({"payload.request_id": request_id, "booking_id": None})
        written["outbox"] = [*written.get("outbox", []), *events]
        written["job_requests"] = list(client[DATABASE]["job_requests"].find({"_id": request_id}))
    documents = setting.folder / "dealt.json"
    documents.write_text(json_util.dumps(written))
    base = setting.baseline("deals.accepting", status=200, fresh=bare, BENCH_DOCUMENTS=str(documents)).named("baseline")
    rows = await costs.compared(
        setting, base, mine, Target.OFFER_ACCEPT, of="", runs=setting.runs(_RUNS), warmup=_WARMUP
    )
    return Section("Accepting an offer", _ACCEPT_TEXT, rows)


def _keep(setting: Setting, name: str, wanted: dict[str, dict[str, Any]]) -> None:
    """Write down documents by collection, for a baseline."""
    with MongoClient[dict[str, Any]](setting.servers.mongodb_uri, tz_aware=True) as client:
        found = {collection: list(client[DATABASE][collection].find(query)) for collection, query in wanted.items()}
    (setting.folder / name).write_text(json_util.dumps(found))


def _offered(setting: Setting, number: int) -> tuple[str, str]:
    """Store a request about the world's service, and those who were asked; the ids of the first offer and request."""
    world, now, start = setting.world, datetime.now(UTC), nth_start(number)
    settings, home = load_matching_settings(world.environment), world.provider.address
    asked = NewRequest(
        customer_id=world.user.id,
        category=world.service.category,
        title=_TITLE,
        place=Place(address="2 Queen Street, Auckland", lat=home.lat, lng=home.lng, is_located=True),
        window=Window(start_at=start, end_at=start + timedelta(hours=1), timezone="Pacific/Auckland"),
        radius_km=settings.radius_km,
    )
    people = [(world.provider.id, world.provider.user_id)]
    people += [(f"prv_other{each}", f"usr_other{each}") for each in range(_ASKED - 1)]
    wave = WaveSent(
        number=1,
        provider_ids=[provider_id for provider_id, _ in people],
        offers_end_at=now + timedelta(hours=2),
        next_at=now + timedelta(hours=1),
        exclusions={},
        candidate_count=_ASKED,
    )
    opened = create_request(asked, now, settings).request
    request = perform_on_request(opened, "send_wave", SYSTEM, wave, now, settings).request
    offers = []
    for provider_id, user_id in people:
        candidate = Candidate(
            provider_id=provider_id,
            provider_user_id=user_id,
            service_id=world.service.id,
            service_title=world.service.title,
            minutes=world.service.duration_minutes,
            price=world.service.price,
            soonest_start_at=start,
        )
        found = score(candidate, request, settings)
        offers.append(make_offer(request, candidate, found, wave.offers_end_at, now, settings).offer)
    with MongoClient[dict[str, Any]](setting.servers.mongodb_uri) as client:
        client[DATABASE]["job_requests"].insert_one(to_document(request))
        client[DATABASE]["offers"].insert_many([to_document(each) for each in offers])
    return offers[0].id, request.id


def _written(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
