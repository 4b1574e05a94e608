"""What identity's writing routes cost beside their baselines, each call by a person of its own."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from common.adapters.identity.passwords import Argon2Passwords
from common.application.identity.sessions import open_session
from common.domain.identity.clients import ClientInfo
from common.domain.identity.users import User
from common.domain.shared.ids import new_id

from infra.bench import costs, measure
from infra.bench.environments import http_event
from infra.bench.results import Row, Section
from infra.bench.targets import Target
from infra.ops.container import operating

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from infra.bench.setting import Setting

_RUNS, _WARMUP = 100, 10
#: How many people each side of a comparison needs besides those that are timed.
_COUNTED = 20
_TEXT = (
    "Identity's writing routes in a warm environment, each call by another person. The baselines are written by hand "
    "with the fewest commands: they read whether the account may act (refresh: they use the token up by one atomic "
    "update, and sign the next access token), and write what a sign-out or an onboarding step has to, in one "
    "transaction where it is more than one document, and the write that each limit of the route needs. A sign-out ends "
    "push messages too, of all sign-ins also begun proofs of a second factor; a profile answers with new tokens of its "
    "sign-in. They verify no token. "
    "Left out is what a password's hash dominates; the last row is one verification, Argon2id with 19 MiB, two passes "
    "and one lane, on a whole core; a function of 1,024 MB has 1,024 / 1,769 of one "
    "(https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html)."
)
_PROFILE = {"full_name": "Someone New", "phone_number": "+64211234567", "address": "1 Queen Street, Auckland"}


@dataclass(frozen=True)
class _Person:
    access_token: str
    refresh_token: str


@dataclass(frozen=True)
class _Route:
    of: str
    method: str
    path: str
    status: int
    body: Callable[[_Person], dict[str, Any] | None]

    @property
    def baseline(self) -> str:
        return f"identity.{self.of.replace(' ', '_').replace('-', '_')}"


_ROUTES = (
    _Route("refresh", "POST", "/v1/auth/refresh", 200, lambda person: {"refresh_token": person.refresh_token}),
    _Route("logout", "POST", "/v1/auth/logout", 204, lambda _: None),
    _Route("logout-all", "POST", "/v1/auth/logout-all", 204, lambda _: None),
    _Route("onboarding path", "POST", "/v1/onboarding/path", 200, lambda _: {"path": "seeker"}),
    _Route("onboarding profile", "POST", "/v1/onboarding/profile", 200, lambda _: _PROFILE),
    _Route("profile", "PATCH", "/v1/users/me", 200, lambda _: {"full_name": "Someone Else"}),
)


async def identity_writes(setting: Setting) -> Section:
    """Medians of the routes that change who is signed in, and how far somebody's onboarding has come."""
    runs = setting.runs(_RUNS)
    rows: list[Row] = []
    for route in _ROUTES:
        people = iter(await _people(setting.world.environment, 2 * (runs + _WARMUP + _COUNTED)))
        rows += await _rows(setting, route, people, runs)
    return Section("Identity: writing", _TEXT, [*rows, await _password(setting)])


async def _rows(setting: Setting, route: _Route, people: Iterator[_Person], runs: int) -> list[Row]:
    fresh = _events(route, people)
    name = f"{route.method} {route.path}"
    subject = replace(setting.http["auth"], name=name, expect_status=route.status, fresh=fresh)
    baseline = setting.baseline(route.baseline, status=route.status, fresh=fresh)
    pair = baseline.named(f"{name}: baseline"), subject
    return await costs.compared(setting, *pair, Target.IDENTITY_WRITE, of=route.of, runs=runs, warmup=_WARMUP)


def _events(route: _Route, people: Iterator[_Person]) -> Callable[[], dict[str, Any]]:
    """Requests, each by another person from another address."""
    hosts = itertools.count()

    def fresh() -> dict[str, Any]:
        person, number = next(people), next(hosts)
        event = http_event(route.method, route.path, token=person.access_token, body=route.body(person))
        event["requestContext"]["http"]["sourceIp"] = f"10.{number >> 8 & 255}.{number & 255}.2"
        return event

    return fresh


async def _password(setting: Setting) -> Row:
    passwords = Argon2Passwords()
    password_hash = await passwords.hash("a-quiet-river-runs-1984")
    verify = {"Argon2id": lambda: passwords.verify("a-quiet-river-runs-1984", password_hash)}
    timings = await measure.in_turn(verify, runs=setting.runs(_RUNS), warmup=_WARMUP)
    return Row("Argon2id: one verification", timings["Argon2id"])


async def _people(environment: dict[str, str], number: int) -> list[_Person]:
    """Verified accounts, each signed in once."""
    now = datetime.now(UTC)
    made: list[_Person] = []
    async with operating(environment) as container:
        for _ in range(number):
            user_id = new_id("usr", now)
            email = f"{user_id}@writes.example.com"
            user = User(id=user_id, email=email, email_key=email, is_verified=True, created_at=now, updated_at=now)
            await container.auth.users.insert(user)
            pair = await open_session(container.auth, user, ClientInfo("10.9.8.7", "bench"), "password")
            made.append(_Person(pair.access_token, pair.refresh_token))
    return made
