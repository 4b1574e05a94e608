"""X-Ray tracing through Powertools Tracer, where Lambda samples the invocation."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aws_lambda_powertools import Tracer

from common.runtime.observability.logging import get_service

_state: dict[str, Any] = {"tracer": None}


def is_active() -> bool:
    """Whether Lambda records this invocation, as its trace header says.

    Source: https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
    """
    return "Sampled=1" in os.environ.get("_X_AMZN_TRACE_ID", "")


@contextmanager
def span(name: str) -> Iterator[None]:
    """Record the block as a subsegment where tracing is active; do nothing otherwise."""
    if not is_active():
        yield
        return
    if _state["tracer"] is None:
        _state["tracer"] = Tracer(service=get_service(), auto_patch=False)
    with _state["tracer"].provider.in_subsegment(name=f"## {name}"):
        yield
