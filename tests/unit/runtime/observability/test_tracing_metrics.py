"""Tracing only where Lambda samples; metrics as one embedded line; log lines of the running service."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

SAMPLED = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"


def _run(code: str, **environ: str) -> str:
    """Run code in a fresh interpreter, as in a Lambda process, and return what it printed."""
    env = {"PATH": os.environ["PATH"], "PYTHONWARNINGS": "ignore", **environ}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


SPAN = """
import sys
from common.runtime.observability import tracing
with tracing.span("bookings"):
    pass
print("aws_xray_sdk" in sys.modules)
"""


def test_without_a_sampled_trace_the_xray_sdk_is_not_imported() -> None:
    assert _run(SPAN).split() == ["False"]
    assert _run(SPAN, _X_AMZN_TRACE_ID=SAMPLED.replace("Sampled=1", "Sampled=0")).split() == ["False"]


def test_with_one_the_block_is_recorded() -> None:
    environ = {
        "_X_AMZN_TRACE_ID": SAMPLED, "LAMBDA_TASK_ROOT": "/var/task", "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:1", "AWS_XRAY_CONTEXT_MISSING": "RUNTIME_ERROR",
    }  # fmt: skip
    assert _run(SPAN, **environ).split() == ["True"]


def test_an_error_inside_a_span_stays_the_same_error() -> None:
    code = """
from common.runtime.observability import tracing
try:
    with tracing.span("x"):
        raise KeyError("mine")
except KeyError as error:
    print(error)
"""
    assert _run(code) == "'mine'\n"


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
