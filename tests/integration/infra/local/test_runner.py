"""The function runner: AWS's own runtime client in a clean environment, reloaded, limited and killed like Lambda."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from infra.build import builder, targets
from infra.local import ports
from infra.local.runner.pool import Pool
from infra.local.runner.sources import LiveCode
from infra.local.runner.worker import FunctionConfig, Host
from tests.support import stub_functions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

ARN = "arn:aws:lambda:ap-southeast-2:000000000000:function:stub"


@pytest.fixture
def code(tmp_path: Path) -> LiveCode:
    return LiveCode(tmp_path / "code", stub_functions.write(tmp_path / "functions"), ())


@pytest.fixture
async def pool(code: LiveCode) -> AsyncIterator[Pool]:
    target = targets.local()
    runtime = await asyncio.to_thread(builder.runtime_environment, target)
    host = Host(runtime, target.folder / "layer" / "python", code.code, (), {"GREETING": "kia ora"})
    config = FunctionConfig("StubFunction", "functions.system.app.handler", 2, 128, {"STAGE": "test"})
    made = Pool(config, host, lambda _line: None, 2)
    yield made
    await made.close()


def event(**query: str) -> bytes:
    http = {"method": "GET", "sourceIp": "127.0.0.1"}
    return json.dumps(
        {"rawPath": "/", "headers": {}, "queryStringParameters": query, "requestContext": {"http": http}}
    ).encode()


async def answer(pool: Pool, **query: str) -> dict[str, Any]:
    outcome = await pool.invoke(event(**query), ARN)
    assert outcome.kind == "response", outcome
    body: dict[str, Any] = json.loads(json.loads(outcome.payload)["body"])
    return body


async def test_a_worker_sees_lambdas_environment_and_nothing_of_ours(pool: Pool) -> None:
    seen = await answer(pool)
    assert seen["environment"]["GREETING"] == "kia ora"
    assert seen["environment"]["STAGE"] == "test"
    assert "HOME" not in seen["environment"]
    assert not any(".venv" in folder or folder == str(targets.ROOT) for folder in seen["sys_path"])
    assert 0 < seen["left_ms"] <= 12_000


async def test_an_idle_worker_is_used_again_and_simultaneous_calls_get_one_each_up_to_the_cap(pool: Pool) -> None:
    first = await answer(pool)
    assert (await answer(pool))["pid"] == first["pid"]
    seen = await asyncio.gather(*(answer(pool, sleep="0.3") for _ in range(4)))
    assert len({each["pid"] for each in seen}) == 2
    assert pool.workers == 2


async def test_a_function_that_takes_too_long_is_killed_and_the_next_call_works(pool: Pool) -> None:
    first = await answer(pool)
    started = time.monotonic()
    assert (await pool.invoke(event(sleep="30"), ARN)).kind == "timed_out"
    assert time.monotonic() - started < 5
    assert (await answer(pool))["pid"] != first["pid"]


async def test_a_crash_in_the_midst_of_a_call_ends_that_call_only(pool: Pool) -> None:
    await answer(pool)
    pool.crash_next(0.1)
    assert (await pool.invoke(event(sleep="1"), ARN)).kind == "exited"
    assert (await answer(pool))["version"] == 1


async def test_an_error_keeps_the_worker_and_says_what_happened(pool: Pool) -> None:
    outcome = await pool.invoke(b'{"nothing": "of use"}', ARN)
    assert outcome.kind == "error"
    assert json.loads(outcome.payload)["errorType"] == "KeyError"
    assert pool.workers == 1


async def test_changed_code_runs_at_the_next_call(pool: Pool, code: LiveCode) -> None:
    assert (await answer(pool))["version"] == 1
    stamp = code.stamp()
    source = code.functions / "system" / "app.py"
    source.write_text(source.read_text().replace("VERSION = 1", "VERSION = 20"))
    assert code.stamp() != stamp
    await pool.reload()
    assert (await answer(pool))["version"] == 20


async def test_a_module_that_does_not_load_is_an_error_until_it_is_fixed(pool: Pool, code: LiveCode) -> None:
    source = code.functions / "system" / "app.py"
    whole = source.read_text()
    source.write_text("import nothing_of_this_name")
    outcome = await pool.invoke(event(), ARN)
    assert outcome.kind in {"init_error", "error"}
    assert b"nothing_of_this_name" in outcome.payload
    source.write_text(whole)
    await pool.reload()
    assert (await answer(pool))["version"] == 1


async def test_runtime_apis_listen_on_loopback_only(pool: Pool) -> None:
    import os

    await answer(pool)
    assert {address for address, _ in ports.listening_sockets(os.getpid())} <= {"127.0.0.1"}
