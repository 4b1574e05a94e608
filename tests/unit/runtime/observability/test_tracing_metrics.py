"""Tracing only where Lambda samples; metrics as one embedded line; log lines of the running service."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from common.adapters.aws.sqs_client import trace_of, traced_message
from common.adapters.stripe.client import without_ids
from common.application.shared.spans import span, trace_header, traced
from common.runtime.observability import tracing

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLED = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"


def _run(code: str, **environ: str) -> str:
    """Run code in a fresh interpreter, as in a Lambda process, and return what it printed."""
    env = {"PATH": os.environ["PATH"], "PYTHONWARNINGS": "ignore", **environ}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


HEADER = "_X_AMZN_TRACE_ID"


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """X-Ray's daemon, as far as it takes documents; nothing is there to wait for, as what was sent to it is there."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taking:
        taking.bind(("127.0.0.1", 0))
        taking.settimeout(0)
        monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", f"127.0.0.1:{taking.getsockname()[1]}")
        monkeypatch.setenv(HEADER, SAMPLED)
        yield taking


def taken(daemon: socket.socket) -> list[dict[str, Any]]:
    """The documents that the daemon was sent, without what it wants before each."""
    found = []
    with contextlib.suppress(BlockingIOError):
        while True:
            preamble, _, body = daemon.recv(65536).partition(b"\n")
            assert json.loads(preamble) == {"format": "json", "version": 1}
            found.append(json.loads(body))
    return found


def test_what_a_sampled_invocation_asks_of_others_is_sent_as_parts_of_its_segment(daemon: socket.socket) -> None:
    with tracing.invocation(), span("Stripe", method="POST", path="/v1/refunds"):
        pass
    (sent,) = taken(daemon)
    assert re.fullmatch("[0-9a-f]{16}", sent.pop("id"))
    assert sent.pop("start_time") <= sent.pop("end_time")
    assert sent == {
        "type": "subsegment", "namespace": "remote", "name": "Stripe",
        "trace_id": "1-5759e988-bd862e3fe1be46a994272793", "parent_id": "53995c3f42cd8ad8",
        "annotations": {"method": "POST", "path": "/v1/refunds"},
    }  # fmt: skip


def test_an_invocation_that_is_not_sampled_sends_nothing(
    daemon: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HEADER, SAMPLED.replace("Sampled=1", "Sampled=0"))
    with tracing.invocation(), span("Stripe"):
        assert trace_header() == SAMPLED.replace("Sampled=1", "Sampled=0"), "what is sent on belongs to it all the same"
    with span("outside of any"):
        pass
    assert taken(daemon) == []


def test_what_fails_is_said_to_have_failed_and_stays_the_same_error(daemon: socket.socket) -> None:
    with pytest.raises(KeyError, match="mine"), tracing.invocation(), span("SQS"):
        raise KeyError("mine")
    assert taken(daemon)[0]["fault"] is True


def test_a_worker_that_asks_a_thousand_times_sends_a_bounded_number_of_spans(daemon: socket.socket) -> None:
    with tracing.invocation():
        for _ in range(150):
            with span("MongoDB"):
                pass
    assert len(taken(daemon)) == 100


def test_a_daemon_that_does_not_listen_disturbs_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HEADER, SAMPLED)
    monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", "nowhere:1")
    with tracing.invocation(), span("SQS"):
        pass


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://api.stripe.com/v1/payment_intents/pi_3Nabc1/capture?expand[]=x", "/v1/payment_intents/{id}/capture"),
        ("https://api.stripe.com/v1/transfers/tr_1N/reversals/trr_1", "/v1/transfers/{id}/reversals/{id}"),
        ("https://api.stripe.com/v1/account_links", "/v1/account_links"),
    ],
)
def test_calls_of_one_kind_have_one_name(url: str, path: str) -> None:
    assert without_ids(url) == path


def test_a_trace_goes_with_a_message_and_is_found_where_it_arrives() -> None:
    assert traced_message() == {}
    with traced(SAMPLED, None):
        given = traced_message()["MessageSystemAttributes"]["AWSTraceHeader"]
    assert given == {"DataType": "String", "StringValue": SAMPLED}
    assert trace_of({"attributes": {"AWSTraceHeader": given["StringValue"]}}) == SAMPLED
    assert trace_of({}) == ""


def test_counters_are_written_once_at_the_end_with_their_service() -> None:
    code = """
from common.runtime.observability import metrics
from common.runtime.observability.logging import set_service
set_service("bookings")
metrics.count("BookingsCreated")
metrics.count("BookingsCreated", 2)
metrics.count("Nothing", 0)
metrics.flush()
metrics.flush()
"""
    (line,) = [json.loads(text) for text in _run(code).splitlines()]
    assert line["service"] == "bookings"
    assert sum(line["BookingsCreated"]) == 3
    assert "Nothing" not in line
    assert line["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "GigSta"


def test_an_invocation_without_metrics_writes_none() -> None:
    assert _run("from common.runtime.observability import metrics\nmetrics.flush()") == ""


def _lines(code: str, **environ: str) -> list[dict[str, Any]]:
    return [json.loads(text) for text in _run(code, **environ).splitlines()]


def test_log_lines_name_service_request_and_booking_and_honour_the_level() -> None:
    code = """
from common.runtime.observability.context import begin_request
from common.runtime.observability.logging import get_logger, set_booking_id, set_service
set_service("payments")
begin_request("request-0001")
set_booking_id("bkg_7")
get_logger().info("Captured", extra={"payment_method": "pm_1", "email": "a@b.co"})
get_logger().debug("Hidden")
"""
    (line,) = _lines(code)
    wanted = {
        "service": "payments",
        "request_id": "request-0001",
        "booking_id": "bkg_7",
        "level": "INFO",
        "email": "***",
    }
    assert wanted.items() <= line.items()
    assert len(_lines(code, LOG_LEVEL="DEBUG")) == 2
