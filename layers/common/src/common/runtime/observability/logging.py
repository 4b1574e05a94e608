"""Structured logs: Powertools Logger with the request and booking at hand, and nothing secret in any line."""

from contextvars import ContextVar
from typing import Any

from aws_lambda_powertools import Logger

from common.runtime.observability.context import current_gateway_request_id, current_request_id, current_trace_id
from common.runtime.observability.log_format import make_logger

_state: dict[str, Any] = {"service": "gigsta", "logger": None}
_booking_id: ContextVar[str] = ContextVar("booking_id", default="")


def set_service(name: str) -> None:
    """Name the service that log lines and metrics are from; before the first line is written."""
    _state["service"] = name


def get_service() -> str:
    """The service's name."""
    return str(_state["service"])


def set_booking_id(booking_id: str) -> None:
    """Name the booking at hand; every later line of this request or message carries it."""
    _booking_id.set(booking_id)


def context_fields() -> dict[str, str]:
    """The ids that every line carries, as far as they are known."""
    fields = {
        "request_id": current_request_id(),
        "gateway_request_id": current_gateway_request_id(),
        "booking_id": _booking_id.get(),
        "trace_id": current_trace_id(),
    }
    return {name: value for name, value in fields.items() if value}


def get_logger() -> Logger:
    """The process's logger; use ``extra={...}`` for fields, never string formatting with personal data."""
    if _state["logger"] is None:
        _state["logger"] = make_logger(get_service(), context_fields)
    logger: Logger = _state["logger"]
    return logger
