"""What identity's writing routes cost beside their baselines, each call by a person of its own."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
from bson import json_util
from common.application.identity.sessions import open_session
from common.domain.identity.clients import ClientInfo
from common.domain.identity.users import User
from common.domain.shared.ids import new_id
from common.runtime.container.bootstrap import Container
from common.runtime.http import create_app
from common.runtime.settings import load_settings
from pymongo import MongoClient, monitoring

from functions.auth.routes import router
from infra.bench import measure, subjects
from infra.bench.environments import Subject, http_event
from infra.bench.results import Row, Section, compare
from infra.bench.targets import Target
from infra.bench.world import DATABASE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from infra.bench.sections import Setting

_RUNS, _WARMUP = 200, 10
_TEXT = (
    "Identity's writing routes in a warm environment, each call by another person, beside a bare handler that sends "
    "the same commands in the same transactions. Left out is what a password's hash or a mail's message in the queue "
    "dominates (see the two tables around this one)."
)
#: What a driver adds to every command; a replay gets its own.
_DRIVERS_OWN = frozenset({
    "lsid", "$clusterTime", "$db", "$readPreference", "txnNumber", "autocommit", "startTransaction", "readConcern",
    "writeConcern",
})  # fmt: skip
_KINDS = ("find", "aggregate", "findAndModify", "count", "insert", "update", "delete")


@dataclass(frozen=True)
class _Person:
    email: str
    access_token: str
    refresh_token: str


@dataclass(frozen=True)
class _Route:
    path: str
    status: int
    body: Callable[[_Person], dict[str, Any] | None]
    signed_in: bool = True

    @property
    def of(self) -> str:
        """Its name among what the target covers."""
        return self.path.removeprefix("/v1/").removeprefix("auth/").replace("/", " ")


_PROFILE = {"full_name": "Someone New", "phone_number": "+64211234567", "address": "1 Queen Street, Auckland"}
_ROUTES = (
    _Route("/v1/auth/refresh", 200, lambda person: {"refresh_token": person.refresh_token}, signed_in=False),
    _Route("/v1/auth/logout", 204, lambda _: None),
    _Route("/v1/auth/logout-all", 204, lambda _: None),
    _Route("/v1/onboarding/path", 200, lambda _: {"path": "seeker"}),
    _Route("/v1/onboarding/profile", 200, lambda _: _PROFILE),
)


class _Listener(monitoring.CommandListener):
    """Keeps the commands that a client sends while it listens."""

    def __init__(self) -> None:
        self.commands: list[dict[str, Any]] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Keep what reads or writes documents."""
        if event.command_name in _KINDS:
            self.commands.append(dict(event.command))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Nothing to keep."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Nothing to keep."""


_LISTENER = _Listener()


async def identity_writes(setting: Setting) -> Section:
    """Medians of the routes that change who is signed in, and how far somebody's onboarding has come."""
    monitoring.register(_LISTENER)
    runs = setting.runs(_RUNS)
    rows: list[Row] = []
    for route in _ROUTES:
        people = iter(await _people(setting.world.environment, runs + _WARMUP + 2))
        rows += await _rows(setting, route, people, runs)
    return Section("Identity: writing", _TEXT, rows=rows)


async def _rows(setting: Setting, route: _Route, people: Iterator[_Person], runs: int) -> list[Row]:
    auth = next(each for each in setting.http if each.name == "auth")
    baseline = await _baseline(setting, route, people)
    hosts = itertools.count()

    def fresh() -> dict[str, Any]:
        person, number = next(people), next(hosts)
        token = person.access_token if route.signed_in else None
        event = http_event("POST", route.path, token=token, body=route.body(person))
        event["requestContext"]["http"]["sourceIp"] = f"10.{number >> 8 & 255}.{number & 255}.2"
        return event

    subject = replace(auth, name=f"POST {route.path}", expect_status=route.status, fresh=fresh)
    timings = await measure.warm(setting.bench, [subject, baseline], runs=runs, warmup=_WARMUP)
    mine, bare = timings[subject.name], timings[baseline.name]
    return [
        Row(f"{subject.name}: baseline", bare),
        compare(subject.name, mine, bare, Target.IDENTITY_WRITE, of=route.of),
    ]


async def _baseline(setting: Setting, route: _Route, people: Iterator[_Person]) -> Subject:
    """The second of two requests in this process, as its client sends it."""
    container = Container(load_settings(environ=setting.world.environment))
    transport = httpx.ASGITransport(app=create_app(router, service="auth", container=container))
    async with httpx.AsyncClient(transport=transport, base_url="http://bench", timeout=60) as client:
        for person in itertools.islice(people, 2):
            _LISTENER.commands.clear()
            headers = {"Authorization": f"Bearer {person.access_token}"} if route.signed_in else {}
            answer = await client.post(route.path, json=route.body(person), headers=headers)
            answer.raise_for_status()
        commands = list(_LISTENER.commands)
    await container.close()
    name = route.path.strip("/").replace("/", "-")
    file = setting.folder / f"writes-{name}.json"
    file.write_text(json_util.dumps(_units(commands, _unique_fields(setting.servers.mongodb_uri, commands))))
    event = http_event("POST", route.path)
    return replace(
        subjects.baseline(setting.baselines, "rewrite", event, BENCH_COMMANDS=str(file)), name=f"baseline: {name}"
    )


def _units(commands: list[dict[str, Any]], unique: dict[str, list[str]]) -> list[dict[str, Any]]:
    """The commands of each transaction together, the others alone."""
    units: list[dict[str, Any]] = []
    for command in commands:
        in_transaction = command.get("autocommit") is False
        bare = {name: value for name, value in command.items() if name not in _DRIVERS_OWN}
        if in_transaction and not command.get("startTransaction"):
            units[-1]["commands"].append(bare)
        else:
            units.append({"in_transaction": in_transaction, "commands": [bare], "unique": unique})
    return units


def _unique_fields(uri: str, commands: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Which fields of the collections that are inserted into have to be unique."""
    names = {command["insert"] for command in commands if "insert" in command}
    with MongoClient[dict[str, Any]](uri) as client:
        return {
            name: [
                "_id",
                *(
                    field
                    for index in client[DATABASE][name].index_information().values()
                    if index.get("unique")
                    for field, _ in index["key"]
                ),
            ]
            for name in names
        }


async def _people(environment: dict[str, str], number: int) -> list[_Person]:
    """Verified accounts, each signed in once."""
    container = Container(load_settings(environ=environment))
    now = datetime.now(UTC)
    made: list[_Person] = []
    for _ in range(number):
        user_id = new_id("usr", now)
        email = f"{user_id}@writes.example.com"
        user = User(id=user_id, email=email, email_key=email, is_verified=True, created_at=now, updated_at=now)
        await container.auth.users.insert(user)
        pair = await open_session(container.auth, user, ClientInfo("10.9.8.7", "bench"), "password")
        made.append(_Person(email, pair.access_token, pair.refresh_token))
    await container.close()
    return made
