"""What the runner reads from events and answers, for people, and where it stands in for API Gateway."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from infra.local.runner.runtime_api import Outcome

# What an HTTP API makes of a function that fails or takes too long:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-lambda.html
GATEWAY_STATUS = {"error": 500, "init_error": 500, "exited": 500, "timed_out": 503}
TITLES = {500: "Internal Server Error", 503: "Service Unavailable"}
CODES = {500: "internal_error", 503: "service_unavailable"}


def is_http(event: Any) -> bool:
    """Tell whether an event is an HTTP API request.

    Args:
        event: The event.
    """
    return isinstance(event, dict) and "http" in event.get("requestContext", {})


def is_socket(event: Any) -> bool:
    """Tell whether an event is of a WebSocket API.

    Args:
        event: The event.
    """
    return isinstance(event, dict) and "eventType" in event.get("requestContext", {})


def with_client_address(event: dict[str, Any]) -> dict[str, Any]:
    """Return an HTTP event whose source address is the client's, as the gateway saw it.

    MiniStack always names itself; the last hop in ``X-Forwarded-For`` is ours and therefore to be trusted.

    Args:
        event: An HTTP API event, changed in place.
    """
    forwarded = event.get("headers", {}).get("x-forwarded-for", "")
    if forwarded:
        event["requestContext"]["http"]["sourceIp"] = forwarded.split(",")[-1].strip()
    return event


def gateway_answer(outcome: Outcome, request_id: str) -> dict[str, Any]:
    """Return what a client gets where a function gave no answer.

    Args:
        outcome: How the invocation ended.
        request_id: Id the client finds in the logs.

    Returns:
        A proxy response with a problem document.
    """
    status = GATEWAY_STATUS[outcome.kind]
    problem = {
        "type": f"urn:problem-type:gigsta:{CODES[status]}",
        "title": TITLES[status],
        "status": status,
        "detail": "The request could not be served. Try again.",
        "code": CODES[status],
        "request_id": request_id,
    }
    headers = {"content-type": "application/problem+json", "retry-after": "1", "x-request-id": request_id}
    return {"statusCode": status, "headers": headers, "body": json.dumps(problem)}


def is_noteworthy(event: Any, outcome: Outcome) -> bool:
    """Tell whether people should see an invocation go by: not a schedule that went well, every minute.

    Args:
        event: The event.
        outcome: How it ended.
    """
    is_asked = is_http(event) or is_socket(event) or (isinstance(event, dict) and "Records" in event)
    return is_asked or outcome.kind != "response"


def summary(event: Any, outcome: Outcome, milliseconds: int) -> str:
    """Describe an invocation in one line.

    Args:
        event: The event.
        outcome: How it ended.
        milliseconds: How long it took.

    Returns:
        Such as ``POST /v1/bookings → 201 (34 ms)``.
    """
    return f"{_what(event)} → {_ending(event, outcome)} ({milliseconds} ms)"


def _what(event: Any) -> str:
    """Name the cause of an invocation."""
    if is_http(event):
        return f"{event['requestContext']['http']['method']} {event['rawPath']}"
    if is_socket(event):
        return f"socket {event['requestContext']['eventType'].lower()}"
    if isinstance(event, dict) and "Records" in event:
        return f"{len(event['Records'])} message(s)"
    return "schedule"


def _ending(event: Any, outcome: Outcome) -> str:
    """Name the end of an invocation."""
    if outcome.kind != "response":
        return outcome.kind.replace("_", " ")
    answer = json.loads(outcome.payload or b"null")
    if is_http(event) and isinstance(answer, dict):
        return str(answer.get("statusCode", "no status"))
    failed = len(answer.get("batchItemFailures", [])) if isinstance(answer, dict) else 0
    return f"{failed} failed" if failed else "done"
