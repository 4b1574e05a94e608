"""Invokes every function of the template with a database that takes connections and never says a word.

``python -m tests.support.starved SECONDS`` prints one JSON line for each function: its name, how many seconds it took
of those that it had, and what it answered. The settings are in the environment.
"""

from __future__ import annotations

import importlib
import json
import os
import socket
import sys
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import jwt
import stripe
from common.adapters.clock import SystemClock
from common.adapters.stripe.client import API_VERSION
from common.domain.shared.events import Topic, new_event

from infra.build.builder import TEMPLATE
from infra.deploy import routes
from infra.deploy import template as templates

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Whatever a route asks for, a request with a token reads the database before it is worked on.
SIGNING_SECRET = "whsec_starved"
_OBJECT = {"id": "pi_1", "object": "payment_intent", "metadata": {}}
STRIPE_EVENT = json.dumps(
    {
        "id": "evt_1", "object": "event", "type": "payment_intent.succeeded", "created": 1, "livemode": False,
        "data": {"object": _OBJECT}, "api_version": API_VERSION,
    }
)  # fmt: skip
TOKEN = jwt.encode({"sub": "usr_1"}, "x" * 32, headers={"kid": "unknown"})


def event_of(function: templates.Function) -> dict[str, Any]:
    """An event as API Gateway, SQS or a schedule sends it."""
    if function.is_http:
        own = [route for route in routes.deployed() if route.area == function.area]
        # Of the system function, the one that reads the database.
        route = next((each for each in own if each.path == "/v1/health/ready"), own[0])
        return _request("GET" if route.method == "ANY" else route.method, route.path)
    if is_socket(function):
        ticket = {"ticket": "a" * 43}
        return {"requestContext": {"eventType": "CONNECT", "connectionId": "a="}, "queryStringParameters": ticket}
    if function.schedule is not None:
        return {}
    event = new_event(Topic.PAYMENTS, "payment.check_requested", SystemClock().now())
    body = json.dumps({**event.model_dump(mode="json"), "event_id": event.id})
    return {"Records": [{"messageId": f"message-{n}", "body": body} for n in range(10)]}


def is_socket(function: templates.Function) -> bool:
    """Whether the function answers for the WebSocket API."""
    return function.handler.endswith("_socket.handler")


def _signature(body: str) -> str:
    return str(stripe.WebhookSignature.generate_signature_header(body, SIGNING_SECRET, int(time.time())))


def _request(method: str, path: str) -> dict[str, Any]:
    raw = path.replace("{", "").replace("}", "")
    http = {"method": method, "path": raw, "sourceIp": "203.0.113.7", "userAgent": "x", "protocol": "HTTP/1.1"}
    return {
        "version": "2.0",
        "rawPath": raw,
        "rawQueryString": "",
        "headers": {"authorization": f"Bearer {TOKEN}", "stripe-signature": _signature(STRIPE_EVENT)},
        "body": STRIPE_EVENT,
        "requestContext": {"http": http, "stage": "$default", "requestId": "request-1"},
        "isBase64Encoded": False,
    }


def invoke(function: templates.Function, event: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    """Invoke a function once, with its seconds running out as Lambda's would."""
    module, _, name = function.handler.rpartition(".")
    handler = getattr(importlib.import_module(module), name)
    started = time.monotonic()
    context = SimpleNamespace(
        aws_request_id="request-1",
        get_remaining_time_in_millis=lambda: max(0.0, seconds - (time.monotonic() - started)) * 1000,
    )
    try:
        answer = handler(event, context)
    except Exception as error:  # noqa: BLE001 - a firing that failed is told as one
        answer = {"error": type(error).__name__}
    return {"function": function.name, "seconds": time.monotonic() - started, "answer": answer}


def main() -> None:
    """Invoke them all."""
    seconds = float(sys.argv[1])
    with socket.create_server(("127.0.0.1", 0), backlog=1000) as silent:
        os.environ["MONGODB_URI"] = f"mongodb://127.0.0.1:{silent.getsockname()[1]}/?directConnection=true"
        for function in templates.functions(templates.load(TEMPLATE)):
            sys.stdout.write(json.dumps(invoke(function, event_of(function), seconds)) + "\n")


if __name__ == "__main__":
    main()
