"""Whether timing tells if an address has an account: the same requests for addresses with one and without."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from common.domain.identity.users import User
from common.domain.shared.ids import new_id

from infra.bench import measure
from infra.bench.environments import Subject, http_event, running
from infra.bench.results import Row, Section, compare
from infra.bench.targets import Target
from infra.ops.container import operating

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from infra.bench.setting import Setting

_RUNS, _WARMUP = 200, 10
#: So many that no account gets more of one kind of mail than it may in an hour, or has its sign-ins delayed.
_CALLS_PER_ACCOUNT = 5
#: Slots from here on are left alone by the other tables.
_FIRST_SLOT = 2_000
_PASSWORD = "nobody-has-this-password-7"  # noqa: S105 - nobody has
_TEXT = (
    "The same request for addresses with an account and without, in turn, each from a network address of its own; the "
    "ratio is the slower median to the faster one."
)


async def identity_timing(setting: Setting) -> Section:
    """Medians of 200 calls of each kind, for every route by which an address could be probed."""
    runs = setting.runs(_RUNS)
    known = await _accounts(setting.world.environment, (runs + _WARMUP) // _CALLS_PER_ACCOUNT + 1)
    rows: list[Row] = []
    slots = itertools.count(_FIRST_SLOT)
    for area, path in (
        ("auth", "/v1/auth/login"),
        ("auth", "/v1/auth/register"),
        ("auth", "/v1/auth/forgot-password"),
        ("auth", "/v1/auth/resend-verification"),
        ("bookings", "/v1/booking-intents"),
    ):
        rows += await _rows(setting, setting.http[area], path, known, slots, runs)
    return Section("Timing and accounts", _TEXT, rows=rows)


async def _rows(
    setting: Setting, subject: Subject, path: str, known: list[str], slots: Iterator[int], runs: int
) -> list[Row]:
    """Both kinds of addresses, called in turn in one environment."""
    status = {"/v1/auth/login": 401, "/v1/booking-intents": 201}.get(path, 202)
    hosts = itertools.count()

    async with running(setting.bench, subject) as environment:

        def caller(emails: Iterator[str]) -> measure.Call:
            async def call() -> object:
                event = http_event("POST", path, body=_body(setting, path, next(emails), slots))
                number = next(hosts)
                event["requestContext"]["http"]["sourceIp"] = f"10.{number >> 8 & 255}.{number & 255}.1"
                return await environment.invoke(event, status)

            return call

        kinds = {
            "with an account": caller(itertools.cycle(known)),
            "without": caller(f"{new_id('usr', datetime.now(UTC))}@example.com" for _ in itertools.count()),
        }
        timings = await measure.in_turn(kinds, runs=runs, warmup=_WARMUP)
    first, second = timings.values()
    slower, faster = sorted((first, second), key=lambda each: -each.median_ms)
    ratio = compare("", slower, faster, Target.PROBING, of=path.rpartition("/")[2])
    return [Row(f"POST {path}: with an account", first), replace(ratio, name=f"POST {path}: without", timing=second)]


def _body(setting: Setting, path: str, email: str, slots: Iterator[int]) -> Mapping[str, Any]:
    if path == "/v1/booking-intents":
        request = measure.booking_request(setting.world, next(slots))
        return {**request, "customer": {"full_name": "Guest Person", "email": email}}
    secret = {"password": _PASSWORD} if path in {"/v1/auth/login", "/v1/auth/register"} else {}
    return {"email": email, **secret}


async def _accounts(environment: Mapping[str, str], number: int) -> list[str]:
    """Verified accounts with a password; returns their addresses."""
    now = datetime.now(UTC)
    emails = [f"{new_id('usr', now)}@known.example.com" for _ in range(number)]
    async with operating(environment) as container:
        auth = container.auth
        password_hash = await auth.passwords.hash("the-right-password-of-all-of-them-7")
        for email in emails:
            user = User(
                id=new_id("usr", now), email=email, email_key=email, is_verified=True, created_at=now, updated_at=now
            )
            await auth.users.insert(user)
            await auth.credentials.set_password(user.id, password_hash, now)
    return emails
