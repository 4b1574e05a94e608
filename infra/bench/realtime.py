"""Replaying events, a message on its way to the other side's socket, and a cold socket, beside their baselines."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from common.domain.messaging.conversations import conversation_id
from common.domain.messaging.realtime.streams import RING_SIZE, numbered
from common.domain.shared.realtime import StreamKind, stream_event
from pymongo import MongoClient

from infra.bench import costs
from infra.bench.bookings import copies
from infra.bench.environments import Environment, Subject, cold_start_ms, http_event, restored, running
from infra.bench.results import Row, Section, compare
from infra.bench.sockets import PATIENCE_SECONDS, READER, Queue, Sockets, delivering, taking
from infra.bench.statistics import Timing, summarise
from infra.bench.suspensions import suspending
from infra.bench.targets import Target
from infra.bench.world import DATABASE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.bench.setting import Setting

#: A person may send sixty messages in a minute; what is watched besides these counts too.
_SENT, _READS, _WARMUP = 40, 200, 10
_STARTS = 20
_SENDER = "bench-sender"
_WORDS = "Could you bring a ladder? The hedge at the back is taller than I thought, about three metres."
_REPLAY_TEXT = (
    "`GET /v1/realtime/events` after the first of a hundred events. The baseline reads the account's state and the "
    "stream at once and answers the documents by `json.dumps`."
)
_LIVE_TEXT = (
    "From a frame `message` of one side until the other side's socket gets the event: the function of the socket, "
    "which stores the message and sends its event, the queue, and the worker, which numbers the event for both sides "
    "and posts it. The baseline hands the text to the same queue, and what comes from it to the socket: nothing is "
    "stored, and nobody looks who may see it. The sockets are a server that takes every frame."
)

_COLD_TEXT = (
    "From the restore of the socket's function until it has answered its first frame, a `ping`: secrets fetched by "
    "name, a connection opened, the sign-in looked at. The baseline is the start of a process whose handler answers "
    "one constant."
)

Way = Callable[[], Awaitable[float]]


async def seeing(setting: Setting) -> list[Section]:
    """All tables."""
    return [await _replaying(setting), *await _sockets(setting)]


async def _replaying(setting: Setting) -> Section:
    _fill(setting)
    event = http_event("GET", "/v1/realtime/events?epoch=bench&after_seq=0", token=setting.world.token)
    base = setting.baseline("realtime.replaying", http_event("POST", "/", body={}), status=200).named("baseline")
    mine = setting.http["messaging"].asking(event).named("GigSta")
    rows = await costs.compared(setting, base, mine, Target.REPLAY, of="", runs=setting.runs(_READS), warmup=_WARMUP)
    return Section("Replaying a hundred events", _REPLAY_TEXT, rows)


async def _sockets(setting: Setting) -> list[Section]:
    _connect(setting)
    async with taking() as sockets:
        tables = [await _live(setting, sockets), await _cold(setting, sockets)]
        return [*tables, await suspending(setting, sockets)]


async def _cold(setting: Setting, sockets: Sockets) -> Section:
    context = {"eventType": "MESSAGE", "connectionId": _SENDER}
    ping = {"requestContext": context, "body": json.dumps({"action": "ping"})}
    mine = _socket(setting).asking(ping).with_environment(**sockets.variables, REALTIME_QUEUE_URL="http://nobody.test")
    static = setting.baseline("reads.health", http_event("GET", "/v1/health"), status=200)
    series: tuple[list[float], list[float]] = [], []
    for number in range(setting.runs(_STARTS) + 1):
        started = await cold_start_ms(setting.bench, static)
        async with restored(setting.bench, mine) as restore:
            taken = await restore()
        if number:
            series[0].append(started)
            series[1].append(taken)
    base, ours = (summarise(each) for each in series)
    rows = [Row("baseline: static", base), compare("GigSta", ours, base, Target.SOCKET_COLD)]
    return Section("A cold socket", _COLD_TEXT, rows)


async def _live(setting: Setting, sockets: Sockets) -> Section:
    (booking_id,) = copies(setting, 1, accept_in=timedelta(days=1))
    async with contextlib.AsyncExitStack() as stack:
        queue = Queue(setting.servers.aws_url, "bench-realtime")
        ways = {}
        for name, pair in (("baseline", _bare(setting)), ("GigSta", _ours(setting, booking_id))):
            both = [each.with_environment(**sockets.variables, REALTIME_QUEUE_URL=queue.url) for each in pair]
            sender, worker = [await stack.enter_async_context(running(setting.bench, each)) for each in both]
            ways[name] = _way(sender, pair[0], worker, queue, sockets)
        timings = await _in_turn(ways, setting.runs(_SENT))
    base, mine = timings["baseline"], timings["GigSta"]
    rows = [Row("baseline", base), compare("GigSta", mine, base, Target.LIVE)]
    return Section("A message on its way to the other socket", _LIVE_TEXT, rows)


def _way(sender: Environment, first: Subject, worker: Environment, queue: Queue, sockets: Sockets) -> Way:
    """What takes a message from a frame to the reader's socket, and says how many milliseconds that took."""

    async def go() -> float:
        sockets.written.clear()
        event, started = first.next_event(), time.perf_counter()
        sending = asyncio.create_task(sender.invoke(event, first.expect_status))
        working = asyncio.create_task(worker.invoke(await queue.next_event(), None))
        await asyncio.wait_for(sockets.written.wait(), PATIENCE_SECONDS)
        taken = (time.perf_counter() - started) * 1000
        await asyncio.gather(sending, working)
        return taken

    return go


async def _in_turn(ways: Mapping[str, Way], runs: int) -> dict[str, Timing]:
    """Go every way in turn; what a function does after the message has arrived has ended before the next goes."""
    series: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(_WARMUP + runs):
        for name, go in ways.items():
            taken = await go()
            if number >= _WARMUP:
                series[name].append(taken)
    return {name: summarise(values) for name, values in series.items()}


def _bare(setting: Setting) -> list[Subject]:
    body = json.dumps({"text": _WORDS})
    return [setting.baseline("realtime.sending", {"body": body}, status=200), setting.baseline("realtime.posting")]


def _socket(setting: Setting) -> Subject:
    folder = setting.functions / "messaging"
    return Subject("socket", "functions.messaging.realtime_socket.handler", folder, {}, 200)


def _ours(setting: Setting, booking_id: str) -> list[Subject]:
    context = {"eventType": "MESSAGE", "connectionId": _SENDER}

    def frame() -> dict[str, Any]:
        sent = {"action": "message", "conversation_id": conversation_id(booking_id), "client_id": uuid4().hex}
        return {"requestContext": context, "body": json.dumps({**sent, "text": _WORDS})}

    return [
        replace(_socket(setting), fresh=frame),
        delivering(setting),
    ]


def _fill(setting: Setting) -> None:
    """Store full streams of both sides."""
    now = datetime.now(UTC)
    people = [setting.world.user.id, setting.world.provider.user_id]
    ids = {"conversation_id": "cnv_bench", "booking_id": setting.booking_id}
    events = [
        numbered(
            stream_event(StreamKind.MESSAGES, "message.sent", now, user_ids=people, ids=ids, version=n, preview=_WORDS),
            n,
        ).model_dump()
        for n in range(1, RING_SIZE + 1)
    ]
    row = {"epoch": "bench", "seq": RING_SIZE, "events": events, "expires_at": now + timedelta(days=7)}
    with MongoClient[dict[str, Any]](setting.servers.mongodb_uri) as client:
        client[DATABASE]["realtime_streams"].insert_many([{"_id": user_id, **row} for user_id in people])


def _connect(setting: Setting) -> None:
    """Store a sign-in and a connection for either side."""
    now = datetime.now(UTC)
    until = now + timedelta(hours=2)
    people = {_SENDER: setting.world.user.id, READER: setting.world.provider.user_id}
    sessions = [
        {"_id": f"ses_{name}", "user_id": user_id, "revoked_at": None, "expires_at": until, "last_used_at": now}
        for name, user_id in people.items()
    ]
    connections = [
        {"_id": name, "user_id": user_id, "session_id": f"ses_{name}", "connected_at": now, "expires_at": until}
        for name, user_id in people.items()
    ]
    with MongoClient[dict[str, Any]](setting.servers.mongodb_uri) as client:
        client[DATABASE]["sessions"].insert_many(sessions)
        client[DATABASE]["realtime_connections"].insert_many(connections)
