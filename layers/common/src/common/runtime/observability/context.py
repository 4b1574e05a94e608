"""The request being worked on, for code that writes a log line or an error about it."""

import re
from collections.abc import Sequence
from contextvars import ContextVar
from uuid import uuid4

_SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_gateway_request_id: ContextVar[str] = ContextVar("gateway_request_id", default="")
_trace_id: ContextVar[str] = ContextVar("trace_id", default="")


def current_request_id() -> str:
    """The id of the request or invocation at hand; empty outside of one."""
    return _request_id.get()


def current_gateway_request_id() -> str:
    """API Gateway's id of the request at hand, by which its access log knows it; empty elsewhere."""
    return _gateway_request_id.get()


def current_trace_id() -> str:
    """The id of the trace that led here, through queues too; empty where none is known."""
    return _trace_id.get()


def begin_request(*candidates: str | None, gateway: str = "", trace: str = "") -> str:
    """Make the first sane candidate, or else a new id, the current request id, and return it.

    Args:
        candidates: ids others gave it, the preferred first: the caller's, Lambda's. A sane one has 1 to 128
            characters of letters, digits, dot, underscore, colon and hyphen, so that it is safe in logs and headers.
        gateway: API Gateway's id of the request, preferred to what Lambda gave.
        trace: the id of the trace that led here.
    """
    _gateway_request_id.set(gateway)
    _trace_id.set(trace)
    request_id = _first_sane(candidates) or f"req-{uuid4().hex}"
    _request_id.set(request_id)
    return request_id


def _first_sane(candidates: Sequence[str | None]) -> str | None:
    for each in candidates:
        if each and _SANE.fullmatch(each):
            return each
    return None
