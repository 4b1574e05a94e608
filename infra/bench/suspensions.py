"""From an administrator's request until the socket of the suspended person is closed."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from common.adapters.mongo.shared.documents import to_document
from pymongo import MongoClient

from infra.bench.environments import http_event, running
from infra.bench.results import Held, Row, Section
from infra.bench.sockets import PATIENCE_SECONDS, READER, Queue, Sockets, delivering
from infra.bench.statistics import summarise
from infra.bench.targets import Target
from infra.bench.world import DATABASE, double

if TYPE_CHECKING:
    from common.domain.identity.users import User

    from infra.bench.setting import Setting

_RUNS, _WARMUP = 20, 3
_OK = 200
_TEXT = (
    "`POST /v1/admin/users/{id}/suspend` of somebody at a socket, until the socket is closed: the request, which ends "
    "the sign-ins, the queue, and the worker, which finds the socket among the person's."
)


async def suspending(setting: Setting, sockets: Sockets) -> Section:
    """The table."""
    queue, series = Queue(setting.servers.aws_url, "bench-suspensions"), list[float]()
    variables = {**sockets.variables, "REALTIME_QUEUE_URL": queue.url}
    admin, worker = (each.with_environment(**variables) for each in (setting.http["admin"], delivering(setting)))
    with MongoClient[dict[str, Any]](setting.servers.mongodb_uri) as client:
        async with running(setting.bench, admin) as admins, running(setting.bench, worker) as workers:
            for number in range(_WARMUP + setting.runs(_RUNS)):
                path = f"/v1/admin/users/{_somebody(client, setting.world.user)}/suspend"
                event = http_event(
                    "POST", path, token=setting.world.staff_token, body={"reason": "Reported by several"}
                )
                sockets.written.clear()
                started = time.perf_counter()
                asking = asyncio.create_task(admins.invoke(event, _OK))
                working = asyncio.create_task(workers.invoke(await queue.next_event(), None))
                await asyncio.wait_for(sockets.written.wait(), PATIENCE_SECONDS)
                if number >= _WARMUP:
                    series.append((time.perf_counter() - started) * 1000)
                await asyncio.gather(asking, working)
    taken = summarise(series)
    held = Held(Target.SUSPENDED, taken.median_ms, runs=taken.runs)
    return Section("A suspended person's socket", _TEXT, [Row("GigSta", taken, figures=(held,))])


def _somebody(client: MongoClient[dict[str, Any]], customer: User) -> str:
    """The id of somebody with a sign-in and a socket, who is as the customer is."""
    now, user, database = datetime.now(UTC), double(customer), client[DATABASE]
    until = now + timedelta(hours=2)
    database["users"].insert_one(to_document(user))
    session = {"_id": f"ses_{user.id}", "user_id": user.id, "revoked_at": None, "expires_at": until}
    database["sessions"].insert_one({**session, "last_used_at": now})
    connection = {"_id": f"{READER}-{user.id}", "user_id": user.id, "session_id": session["_id"]}
    database["realtime_connections"].insert_one({**connection, "connected_at": now, "expires_at": until})
    return user.id
