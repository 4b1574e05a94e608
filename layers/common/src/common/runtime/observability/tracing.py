"""Spans for AWS X-Ray, where Lambda samples the invocation.

Each is sent on its own as a subsegment, with its trace and the segment that Lambda made for the invocation, to the
daemon that runs beside the function (https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html,
"Sending segment documents to the X-Ray daemon";
https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html). AWS's SDK is not used: it keeps what
is open by thread, where coroutines that run at once nest in each other, its import takes longer than most requests,
and AWS only maintains it.
"""

import json
import os
import secrets
import socket
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from common.application.shared.spans import Recorder, Span, traced

#: Where Lambda puts the invocation's header (https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader).
_HEADER = "_X_AMZN_TRACE_ID"
_DAEMON = "AWS_XRAY_DAEMON_ADDRESS"
#: What the daemon wants before each document.
_PREAMBLE = b'{"format": "json", "version": 1}\n'
#: A worker may ask the database a thousand times; the first of them tell enough.
_MOST_SPANS = 100


def parse(header: str) -> dict[str, str]:
    """The parts of a trace header by name: ``Root``, ``Parent``, ``Sampled``."""
    return dict(part.strip().split("=", 1) for part in header.split(";") if "=" in part)


def trace_id() -> str:
    """The id of the invocation's trace; empty where Lambda gave none."""
    return os.environ.get(_HEADER, "").partition("Root=")[2].partition(";")[0].strip()


def is_active() -> bool:
    """Whether Lambda records this invocation, as its trace header says."""
    return _is_sampled(os.environ.get(_HEADER, ""))


def _is_sampled(header: str) -> bool:
    return "Sampled=1" in header


def can_be_active() -> bool:
    """Whether invocations of this process may be recorded: there is a daemon to take it."""
    return _DAEMON in os.environ


def invocation() -> AbstractContextManager[None]:
    """Record what the block asks of others, where the invocation is sampled."""
    header = os.environ.get(_HEADER, "")
    return traced(header, _recorder(parse(header)) if _is_sampled(header) and can_be_active() else None)


def _recorder(trace: Mapping[str, str]) -> Recorder | None:
    """What sends spans of a trace; None for one that names no segment."""
    if not trace.get("Root") or not trace.get("Parent"):
        return None
    left = _MOST_SPANS

    def send(span: Span) -> None:
        nonlocal left
        if left:
            left -= 1
            _send(document(span, trace))

    return send


def document(span: Span, trace: Mapping[str, str]) -> dict[str, Any]:
    """A span as X-Ray takes it.

    Args:
        span: the span.
        trace: the parts of its trace's header.
    """
    return {
        "type": "subsegment",
        "namespace": "remote",
        "trace_id": trace["Root"],
        "parent_id": trace["Parent"],
        "id": secrets.token_hex(8),
        "name": span.name,
        "start_time": span.started_at,
        "end_time": span.ended_at,
        **({"fault": True} if span.is_fault else {}),
        **({"annotations": dict(span.fields)} if span.fields else {}),
    }


def _send(content: Mapping[str, Any]) -> None:
    """Send a document; one that is lost is a span less."""
    host, _, port = os.environ[_DAEMON].rpartition(":")
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending:
            sending.settimeout(0)
            sending.sendto(_PREAMBLE + json.dumps(content).encode(), (host, int(port)))
    except OSError:
        return
