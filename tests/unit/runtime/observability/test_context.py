"""Request ids, the loop, the clock and the time budget."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from threading import Thread
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from common.adapters.clock import OffsetClock, SystemClock
from common.runtime.budget import Budget
from common.runtime.http.middleware import RequestContextMiddleware
from common.runtime.loop import get_loop, run
from common.runtime.observability.context import begin_request, current_request_id
from common.runtime.observability.logging import context_fields
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.types import Message, Receive, Scope, Send


@pytest.mark.parametrize("given", ["7", "req-1", "3f2c-11.x:y_z", "A" * 128])
def test_a_sane_request_id_is_kept(given: str) -> None:
    assert begin_request(given, "lambda-id-1") == given == current_request_id()


@pytest.mark.parametrize(
    "given", ["", "a" * 129, "x y z x y z", "evil\r\nheader: 1", "ünïcödé-id", "-starts-with-it", None]
)
def test_another_one_gives_way_to_lambdas_or_a_new_one(given: str | None) -> None:
    assert begin_request(given, "lambda-id-1") == "lambda-id-1"
    assert begin_request(given).startswith("req-")


@pytest.mark.parametrize(("given", "request_id"), [("callers-own-1", "callers-own-1"), ("", "gateway-1")])
async def test_log_lines_carry_the_id_that_the_gateways_access_log_has(given: str, request_id: str) -> None:
    seen: list[dict[str, str]] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(context_fields())
        await PlainTextResponse("")(scope, receive, send)

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        answered.append(message)

    answered: list[Message] = []
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "headers": [(b"x-request-id", given.encode())],
        "aws.event": {"requestContext": {"requestId": "gateway-1"}},
        "aws.context": SimpleNamespace(aws_request_id="lambda-1"),
    }
    await RequestContextMiddleware(app)(scope, receive, send)
    assert seen == [{"request_id": request_id, "gateway_request_id": "gateway-1"}]
    assert (b"x-request-id", request_id.encode()) in answered[0]["headers"]


def test_everything_runs_on_one_loop() -> None:
    async def current() -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    seen: list[asyncio.AbstractEventLoop] = []

    def work() -> None:
        seen.extend([run(current()), run(current()), get_loop()])

    thread = Thread(target=work)
    thread.start()
    thread.join()
    assert len(set(map(id, seen))) == 1


def test_the_clock_is_utc_in_whole_milliseconds() -> None:
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_developers_clock_follows_its_file(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    clock = OffsetClock(file)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    file.write_text("86400.5\n")
    assert timedelta(hours=23) < clock.now() - datetime.now(UTC) < timedelta(hours=25)
    file.write_text("nonsense")
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_budget_keeps_a_margin_before_lambda_ends_the_invocation() -> None:
    budget = Budget.of(SimpleNamespace(get_remaining_time_in_millis=lambda: 10_000))
    assert 8 < budget.remaining() <= 8.5
    assert budget.has_time()
    late = Budget.of(SimpleNamespace(get_remaining_time_in_millis=lambda: 1_000))
    assert late.remaining() == 0
    assert not late.has_time()
    assert Budget.of(None).remaining() > 20


def test_a_budget_runs_down() -> None:
    budget = Budget(0.02)
    deadline = time.monotonic() + 5
    while budget.has_time(0.001) and time.monotonic() < deadline:
        pass
    assert budget.remaining() < 0.001
