"""Making a booking and acting on one, beside their baselines; and the peer's routes beside ours."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bson import json_util
from common.application.ports.identity.access import AUDIENCE
from pymongo import MongoClient

from infra.bench import capture, costs, measure
from infra.bench.environments import http_event, running
from infra.bench.results import Held, Row, Section, compare
from infra.bench.targets import Target
from infra.bench.world import DATABASE

if TYPE_CHECKING:
    from pathlib import Path

    from infra.bench.environments import Bench, Subject
    from infra.bench.setting import Setting
    from infra.bench.statistics import Timing
    from infra.bench.trips import Trace
    from infra.bench.world import World

#: So many that there is a 99th percentile.
_RUNS, _WARMUP, _READS = 120, 10, 200
_CREATED = 201
_BASELINE, _OURS, _PEER = "baseline", "GigSta", "FastAPI + Beanie"
_PEER_TEXT = (
    "FastAPI + Beanie runs under the same runtime client, with Mangum, and does equal work: it verifies the access "
    "token, reads the account's state, counts the address's requests, checks the rules of the slot, takes the slot by "
    "the unique index, records the payment before it calls Stripe, writes audit row and event in the transaction, "
    "sends the event, answers what the caller may see and do by the same rules, and writes the same logs and spans. It "
    "does not limit unpaid holds, locate the address, or replay keys, and knows no other guards."
)
_CREATE_TEXT = (
    "`POST /v1/bookings`, with the call to the local Stripe. The baseline does what safety needs in the fewest "
    "commands: account, and service with its provider, at once; slot by its unique index, booking, audit row, "
    "operation and event in one transaction; Stripe, and the event sent meanwhile; the result in another transaction. "
    "It verifies no token, and knows no rules of slots, limits and addresses. "
)
_ACT_TEXT = (
    "`POST /v1/bookings/{id}/actions/accept` by the provider. The baseline reads account and booking at once, writes "
    "booking (on condition of its version), audit row and event in one transaction, and sends the event. It verifies "
    "no token and knows no guards."
)
_INSERTED_AT_ONCE = 1_000


async def first_booking(bench: Bench, bookings: Subject, world: World) -> str:
    """Make the booking whose documents others then write again; returns its id.

    Args:
        bench: The environments.
        bookings: The function.
        world: What requests are made with.
    """
    async with running(bench, bookings) as environment:
        answer = await environment.invoke(_post(world, measure.booking_request(world, 1)), _CREATED)
    return str(json.loads(answer["body"])["id"])


async def reading(setting: Setting) -> list[Section]:
    """A service and a list of bookings, ours beside the peer's."""
    service = await _read(setting, "providers", "read a service", "`GET /v1/services/{id}`.")
    bookings = await _read(setting, "bookings", "list bookings", "`GET /v1/bookings`: a page of twenty.")
    return [service, bookings]


async def _read(setting: Setting, area: str, of: str, text: str) -> Section:
    ours = setting.http[area].named(_OURS)
    peer = _peer(setting, setting.documents).asking(ours.event)
    runs = setting.runs(_READS)
    rows = await costs.compared(setting, peer, ours, Target.PEER, of=of, runs=runs, warmup=_WARMUP)
    return Section(f"Beside Beanie: {of}", f"{text} {_PEER_TEXT}", rows)


async def creating(setting: Setting) -> tuple[Section, dict[str, Trace]]:
    """Making a booking; also where the time of one goes, ours and the baseline's."""
    world = setting.world

    def post() -> dict[str, Any]:
        return _post(world, measure.booking_request(world, next(setting.slots)))

    def bare() -> dict[str, Any]:
        number = next(setting.slots)
        return _post(world, measure.bare_request(world, number, f"bkg_bench{number:06d}"))

    documents = str(setting.documents)
    candidates = {
        _BASELINE: setting.baseline("book.handler", status=_CREATED, fresh=bare, BENCH_DOCUMENTS=documents),
        _OURS: setting.http["bookings"].sending(post, _CREATED),
        _PEER: _peer(setting, setting.documents).sending(post, _CREATED),
    }
    timings, traces = await _measured(setting, candidates)
    mine = timings[_OURS]
    held = [Held(Target.CREATE_TRIPS, traces[_OURS].cost.trips)]
    if mine.p99_ms is not None:
        held.append(Held(Target.CREATE_TAIL, mine.p99_ms / mine.median_ms, runs=mine.runs))
    rows = _rows(timings, traces, Target.CREATE, "create a booking")
    section = Section("Making a booking", _CREATE_TEXT + _PEER_TEXT, rows, tuple(held))
    return section, {name: traces[name] for name in (_BASELINE, _OURS)}


async def acting(setting: Setting) -> Section:
    """One action beside the same writes by the bare driver, and the peer's."""
    ours = setting.http["bookings"].sending(dict, 200)
    needed = 3 * (setting.runs(_RUNS) + _WARMUP + 10) + 1
    waiting = iter(copies(setting, needed, accept_in=timedelta(days=1)))

    def accept() -> dict[str, Any]:
        return _accept(setting, next(waiting))

    def bare() -> dict[str, Any]:
        body = {"caller_id": setting.world.provider.user_id, "booking_id": next(waiting)}
        return http_event("POST", "/v1/bookings/some/actions/accept", body=body)

    first = next(waiting)
    async with running(setting.bench, ours) as environment:
        await environment.invoke(_accept(setting, first), 200)
    documents = setting.folder / "accepted.json"
    written = capture.documents_of(setting.servers.mongodb_uri, DATABASE, first)
    documents.write_text(json_util.dumps(written))
    candidates = {
        _BASELINE: setting.baseline("act.handler", status=200, fresh=bare, BENCH_DOCUMENTS=str(documents)),
        _OURS: ours.sending(accept, 200),
        _PEER: _peer(setting, documents).sending(accept, 200),
    }
    timings, traces = await _measured(setting, candidates)
    held = (Held(Target.ACT_TRIPS, traces[_OURS].cost.trips),)
    rows = _rows(timings, traces, Target.ACT, "act on a booking")
    return Section("Acting on a booking", f"{_ACT_TEXT} {_PEER_TEXT}", rows, held)


async def _measured(setting: Setting, candidates: dict[str, Subject]) -> tuple[dict[str, Timing], dict[str, Trace]]:
    subjects = [subject.named(name) for name, subject in candidates.items()]
    timings = await measure.warm(setting.bench, subjects, runs=setting.runs(_RUNS), warmup=_WARMUP)
    return timings, {name: await costs.trace(setting, subject) for name, subject in candidates.items()}


def _rows(timings: dict[str, Timing], traces: dict[str, Trace], target: Target, of: str) -> list[Row]:
    """The table: ratios to the baseline; ours is held to the peer too."""
    base, peer, mine = timings[_BASELINE], timings[_PEER], timings[_OURS]
    ours = compare(_OURS, mine, base, target, cost=traces[_OURS].cost)
    ahead = Held(Target.PEER, mine.median_ms / peer.median_ms, of, min(mine.runs, peer.runs))
    return [
        Row(_BASELINE, base, cost=traces[_BASELINE].cost),
        Row(ours.name, mine, ours.ratio, (*ours.figures, ahead), ours.cost),
        compare(_PEER, peer, base, cost=traces[_PEER].cost),
    ]


def _peer(setting: Setting, documents: Path) -> Subject:
    """The Beanie application; its rows are those that ours wrote."""
    found = setting.baseline("x", status=200, BENCH_DOCUMENTS=str(documents), BENCH_AUDIENCE=AUDIENCE)
    return replace(found.named(_PEER), handler="infra.bench.peer.app.handler")


def copies(setting: Setting, number: int, *, accept_in: timedelta) -> list[str]:
    """Store copies of the first booking that wait for the provider's answer; returns their ids.

    Args:
        setting: Where they are stored.
        number: How many.
        accept_in: How long the provider has.
    """
    deadline = datetime.now(UTC) + accept_in
    waiting = {
        "version": 2, "status": "requested", "payment": "authorized", "accept_by": deadline, "awaiting": ["provider"],
        "hold_expires_at": None, "next_due_at": deadline, "next_due_action": "expire", "claim_id": None,
    }  # fmt: skip
    ids: list[str] = []
    with MongoClient[dict[str, Any]](setting.servers.mongodb_uri, tz_aware=True) as client:
        bookings = client[DATABASE]["bookings"]
        pattern = bookings.find_one({"_id": setting.booking_id}) or {}
        for _ in range(0, number, _INSERTED_AT_ONCE):
            rows = [capture.another(pattern, **waiting) for _ in range(min(number - len(ids), _INSERTED_AT_ONCE))]
            bookings.insert_many(rows)
            ids += [row["_id"] for row in rows]
    return ids


def _post(world: World, body: dict[str, object]) -> dict[str, Any]:
    return http_event("POST", "/v1/bookings", token=world.token, body=body)


def _accept(setting: Setting, booking_id: str) -> dict[str, Any]:
    path = f"/v1/bookings/{booking_id}/actions/accept"
    return http_event("POST", path, token=setting.world.provider_token, body={})
