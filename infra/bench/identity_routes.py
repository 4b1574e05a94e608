"""What identity's routes cost beside their baselines, and what a password does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bson import json_util
from common.adapters.identity.passwords import Argon2Passwords

from infra.bench import capture, measure, subjects
from infra.bench.environments import Subject, http_event, running
from infra.bench.results import Row, Section, compare
from infra.bench.world import DATABASE

if TYPE_CHECKING:
    from infra.bench.sections import Setting

_RUNS, _WARMUP = 200, 20
_TEXT = (
    "Identity's routes in a warm environment, beside a bare handler that sends the same reads and atomic updates. The "
    "last row is one verification of a password, Argon2id with 19 MiB, two passes and one lane, on a whole core; a "
    "function of 1,024 MB has 1,024 / 1,769 of one "
    "(https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html)."
)


async def identity_routes(setting: Setting) -> Section:
    """Medians of the routes that people call all the time, and of the hash that a sign-in waits for."""
    rows: list[Row] = []
    for method, path, body in (
        ("GET", "/v1/users/me", None),
        ("GET", "/v1/users/me/identities", None),
        ("GET", "/v1/auth/sessions", None),
        ("GET", "/.well-known/jwks.json", None),
        ("PATCH", "/v1/users/me", {"full_name": "Someone Else"}),
    ):
        rows += await _rows(setting, method, path, body)
    passwords = Argon2Passwords()
    password_hash = await passwords.hash("a-quiet-river-runs-1984")
    timings = await measure.in_turn(
        {"Argon2id": lambda: passwords.verify("a-quiet-river-runs-1984", password_hash)},
        runs=setting.runs(_RUNS),
        warmup=_WARMUP,
    )
    return Section("Identity", _TEXT, rows=[*rows, Row("Argon2id: one verification", timings["Argon2id"])])


async def _rows(setting: Setting, method: str, path: str, body: dict[str, Any] | None) -> list[Row]:
    auth = next(each for each in setting.http if each.name == "auth")
    event = http_event(method, path, token=setting.world.token, body=body)
    subject = replace(auth, name=f"{method} {path}", event=event)
    baseline = await _baseline(setting, subject)
    timings = await measure.warm(setting.bench, [subject, baseline], runs=setting.runs(_RUNS), warmup=_WARMUP)
    mine, bare = timings[subject.name], timings[baseline.name]
    return [Row(f"{subject.name}: baseline", bare), compare(subject.name, mine, bare)]


async def _baseline(setting: Setting, subject: Subject) -> Subject:
    async with running(setting.bench, subject) as environment:
        for _ in range(3):
            await environment.invoke(subject.event, subject.expect_status)
        with capture.profiled(setting.servers.mongodb_uri, DATABASE) as commands:
            await environment.invoke(subject.event, subject.expect_status)
    commands_file = setting.folder / f"identity-{abs(hash(subject.name))}.json"
    commands_file.write_text(json_util.dumps(commands))
    return subjects.baseline(setting.baselines, "replay", dict(subject.event), BENCH_COMMANDS=str(commands_file))
