"""The built artifacts under AWS's own runtime client, in an environment with nothing of this repository."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from infra.build import builder, targets
from infra.deploy import template as templates
from infra.local import secrets
from infra.local.runner.runtime_api import Invocation
from infra.local.runner.sources import BuiltCode
from infra.local.runner.worker import FunctionConfig, Host, Worker

if TYPE_CHECKING:
    from pathlib import Path

    from stripe_local.testing import RunningStripe

FUNCTIONS = templates.functions(templates.load(builder.TEMPLATE))
ARN = "arn:aws:lambda:ap-southeast-2:000000000000:function:contract"
PATIENCE_SECONDS = 40


@pytest.fixture(scope="session")
async def host() -> Host:
    """The clean environment and the layer, built now where that was not done before."""
    target = targets.local()
    built = await asyncio.to_thread(builder.build, target)
    runtime = await asyncio.to_thread(builder.runtime_environment, target)
    return Host(runtime, built.layer / "python", BuiltCode(built.functions).code)


def environment(function: templates.Function, uri: str, database: str, keys: Path, stripe_url: str) -> dict[str, str]:
    own = templates.load(builder.TEMPLATE)["Resources"][function.name]["Properties"]
    service = own["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]
    queue = "http://127.0.0.1:1/000000000000/queue"
    return {
        "STAGE": "test",
        "POWERTOOLS_SERVICE_NAME": service,
        "MONGODB_URI": uri,
        "MONGODB_DATABASE": database,
        "NOTIFICATIONS_QUEUE_URL": queue,
        "PAYMENT_CHECKS_QUEUE_URL": queue,
        "REALTIME_QUEUE_URL": queue,
        "REALTIME_URL": "ws://localhost:8000/v1/realtime",
        "REALTIME_CONNECTIONS_URL": "http://127.0.0.1:1",
        "MEDIA_QUEUE_URL": queue,
        "REPORTS_QUEUE_URL": queue,
        "MEDIA_BUCKET": "photos",
        "STRIPE_EVENTS_QUEUE_URL": queue,
        "STRIPE_SECRET_KEY": "sk_test_contract",
        "STRIPE_WEBHOOK_SECRETS": "whsec_contract",
        "STRIPE_API_BASE": stripe_url,
        "JWT_SIGNING_KEYS": json.dumps(secrets.load_or_make(keys).signing_keys),
        "FACTOR_KEYS": secrets.load_or_make(keys).factor_keys,
        "PUBLIC_BASE_URL": "http://localhost:8000",
        "FRONTEND_BASE_URL": "http://localhost:3000",
        "MAIL_FROM": "hello@gigsta.test",
        "AWS_REGION": "ap-southeast-2",
        "AWS_ACCESS_KEY_ID": "contract",
        "AWS_SECRET_ACCESS_KEY": "contract",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    }


def event(function: templates.Function) -> dict[str, Any]:
    if function.handler.endswith("_socket.handler"):
        return {"requestContext": {"eventType": "DISCONNECT", "connectionId": "gone"}}
    if not function.is_http:
        return {} if function.schedule else {"Records": []}
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/v1/nowhere",
        "rawQueryString": "",
        "headers": {"host": "localhost"},
        "requestContext": {
            "http": {"method": "GET", "path": "/v1/nowhere", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1"},
            "requestId": "contract",
            "stage": "$default",
        },
        "isBase64Encoded": False,
    }


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
async def test_a_built_function_answers(
    function: templates.Function,
    host: Host,
    mongodb_uri: str,
    database_name: str,
    tmp_path: Path,
    stripe_server: RunningStripe,
) -> None:
    lines: list[str] = []
    variables = environment(function, mongodb_uri, database_name, tmp_path, stripe_server.url)
    if function.is_http:
        # As deployed: the runtime client then runs the hooks, before the snapshot and after the restore.
        variables["AWS_LAMBDA_INITIALIZATION_TYPE"] = "snap-start"
    config = FunctionConfig(function.name, function.handler, function.timeout, 1024, variables, function.layers)
    worker = Worker(config, host, lines.append)
    await worker.start()
    try:
        deadline = int((time.time() + PATIENCE_SECONDS) * 1000)
        payload = json.dumps(event(function)).encode()
        outcome = await worker.invoke(Invocation(str(uuid.uuid4()), payload, ARN, deadline))
    finally:
        await worker.stop()
    assert outcome.kind == "response", (outcome, lines)
    if function.is_http:
        answer = json.loads(outcome.payload)
        assert answer["statusCode"] == 404
        assert json.loads(answer["body"])["code"] == "route_not_found"
        assert answer["headers"]["content-type"] == "application/problem+json"
