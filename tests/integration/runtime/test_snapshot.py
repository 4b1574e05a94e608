"""What Lambda's runtime runs before a snapshot and after a restore, in a process of its own, as in Lambda."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from common.domain.identity.roles import Role
from common.runtime.container.bootstrap import Container

from infra import applications
from infra.local import ports
from tests.factories.users import make_user
from tests.support import sign_in
from tests.support.containers import signing_keys

ROOT = Path(__file__).parents[3]
BEGIN = """
import importlib, json, sys
from types import SimpleNamespace
from awslambdaric import lambda_runtime_hooks_runner as hooks
from common.runtime.loop import run

app = importlib.import_module("functions.{area}.app")
context = SimpleNamespace(aws_request_id="r", get_remaining_time_in_millis=lambda: 60_000)

def call(method, path, headers=None, body=None):
    event = {{
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "",
        "headers": {{"host": "localhost", "content-type": "application/json", **(headers or {{}})}},
        "requestContext": {{
            "http": {{"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"}},
            "requestId": "r", "stage": "$default",
        }},
        "body": json.dumps(body) if body is not None else None, "isBase64Encoded": False,
    }}
    return app.handler(event, context)

container = sys.modules["snapshot_restore_py"].get_after_restore()[0][1][0]
"""


def in_a_function(area: str, script: str, uri: str, database: str = "unused", **more: str) -> Any:
    """Run a script after the function's handler was made; returns what its last line prints, read as JSON."""
    environ = {
        "PATH": os.environ["PATH"], "STAGE": "test", "MONGODB_URI": uri, "MONGODB_DATABASE": database,
        "PUBLIC_BASE_URL": "http://x", "FRONTEND_BASE_URL": "http://x", "NOTIFICATIONS_QUEUE_URL": "http://127.0.0.1:1/0/q",
        "PAYMENT_CHECKS_QUEUE_URL": "http://127.0.0.1:1/0/q", "STRIPE_EVENTS_QUEUE_URL": "http://127.0.0.1:1/0/q",
        "REALTIME_QUEUE_URL": "http://127.0.0.1:1/0/q", "REALTIME_URL": "ws://x", "MEDIA_BUCKET": "photos",
        "MEDIA_QUEUE_URL": "http://127.0.0.1:1/0/q", "REPORTS_QUEUE_URL": "http://127.0.0.1:1/0/q",
        "STRIPE_SECRET_KEY": "sk_test_x", "STRIPE_WEBHOOK_SECRETS": "whsec_x", "STRIPE_API_BASE": "http://127.0.0.1:1",
        "FACTOR_KEYS": "x",
        "JWT_SIGNING_KEYS": signing_keys(), "MAIL_FROM": "a@b.example", "AWS_REGION": "ap-southeast-2",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:1", "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start",
        **more,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", BEGIN.format(area=area) + script],
        env=environ, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


#: Asks each route of the area once, as anyone and as somebody who may do everything.
ALL_ROUTES = """
from fastapi.routing import APIRoute
routes = importlib.import_module("functions.{area}.routes").router.routes

def ask(headers):
    for route in routes:
        if isinstance(route, APIRoute):
            for method in sorted(route.methods):
                path = re.sub(r"{{[^}}]+}}", "x", route.path)
                body = None if method == "GET" else BODIES.get(path, {{}})
                statuses.append(call(method, path, headers, body)["statusCode"])
"""
BODIES = {
    "/v1/auth/register": {"email": "new@example.com", "password": "a long enough password", "name": "Ana"},
    "/v1/auth/login": {"email": "new@example.com", "password": "a long enough password"},
    "/v1/users/me": {"phone": "+64 21 123 4567", "name": "Ana", "address": "1 Queen Street, Auckland"},
}


@pytest.mark.parametrize("area", applications.areas())
async def test_no_request_imports_anything_or_takes_a_routes_file_apart(
    area: str, container: Container, mongodb_uri: str, database_name: str
) -> None:
    headers = await sign_in(container, make_user(roles=frozenset(Role)))
    script = f"""
import contextlib, inspect, io, re
BODIES = {json.dumps(BODIES)}
statuses, taken_apart = [], []
with contextlib.redirect_stdout(io.StringIO()) as said:
    hooks.run_before_snapshot()
hooks.run_after_restore()
before = set(sys.modules)
inspect.getsourcelines = lambda function: taken_apart.append(str(function))
{ALL_ROUTES.format(area=area)}
ask({{}})
ask({headers!r})
print(json.dumps([sorted(set(sys.modules) - before), taken_apart, said.getvalue(), statuses]))
"""
    gained, taken_apart, said, statuses = in_a_function(area, script, mongodb_uri, database_name)
    assert gained == [], " ".join(gained)
    assert taken_apart == []
    assert said == "", "nothing is wrong before a snapshot"
    assert statuses
    assert 500 not in statuses


def test_a_sockets_first_frame_after_a_restore_imports_and_makes_nothing(mongodb_uri: str, database_name: str) -> None:
    script = """
socket = importlib.import_module("functions.messaging.realtime_socket")
hooks.run_before_snapshot()
made = sys.modules["snapshot_restore_py"].get_after_restore()[-1][1][0]
is_made = "client" in made.sockets.__dict__
hooks.run_after_restore()
is_open = made.mongo.__dict__.get("client") is not None
before = set(sys.modules)
frame = {"requestContext": {"eventType": "MESSAGE", "connectionId": "nobody"}, "body": json.dumps({"action": "ping"})}
status = socket.handler(frame, context)["statusCode"]
print(json.dumps([is_made, is_open, sorted(set(sys.modules) - before), status]))
"""
    connections = {"REALTIME_CONNECTIONS_URL": "http://127.0.0.1:1"}
    found = in_a_function("messaging", script, mongodb_uri, database_name, **connections)
    assert found == [True, True, [], 200]


def test_before_the_snapshot_there_is_neither_a_connection_nor_a_secret(mongodb_uri: str) -> None:
    script = """
import gc, socket
hooks.run_before_snapshot()
made = {"client": "client" in container.mongo.__dict__, "stripe": "stripe" in container.__dict__}
made["keys"] = "keys" in container.token_issuer.__dict__
sockets = [each for each in gc.get_objects() if isinstance(each, socket.socket)]
made["sockets"] = [str(each) for each in sockets if each.family != socket.AF_UNIX and each.fileno() >= 0]
made["sqs"] = "client" in container.sqs.__dict__
print(json.dumps(made))
"""
    made = in_a_function("auth", script, mongodb_uri)
    assert made.pop("sqs")
    assert made == {"client": False, "stripe": False, "keys": False, "sockets": []}


def test_a_restore_connects_and_draws_other_random_numbers_and_a_second_one_is_safe(mongodb_uri: str) -> None:
    script = """
import random
hooks.run_before_snapshot()
drawn = []
for _ in range(2):
    random.seed(7)
    hooks.run_after_restore()
    drawn.append(random.random())
    assert container.mongo.client.nodes
random.seed(7)
drawn.append(random.random())
statuses = [call("GET", path)["statusCode"] for path in ("/v1/health", "/v1/health/ready")]
print(json.dumps([len(set(drawn)), *statuses]))
"""
    assert in_a_function("system", script, mongodb_uri) == [3, 200, 200]


def test_what_cannot_be_reached_at_a_restore_is_left_to_the_first_request() -> None:
    script = """
hooks.run_before_snapshot()
hooks.run_after_restore()
answer = call("GET", "/v1/services/x")
print(json.dumps([answer["statusCode"], json.loads(answer["body"])["code"]]))
"""
    nobody = f"mongodb://127.0.0.1:{ports.free_port()}/?directConnection=true"
    assert in_a_function("providers", script, nobody) == [503, "database_unavailable"]


def test_a_fault_of_ours_fails_the_restore(mongodb_uri: str) -> None:
    script = """
type(container).open = lambda self: 1 / 0
try:
    hooks.run_after_restore()
except ZeroDivisionError:
    print(json.dumps("raised"))
"""
    assert in_a_function("search", script, mongodb_uri) == "raised"


async def test_a_restore_reads_the_keys_of_tokens_which_the_first_request_then_need_not(
    container: Container, mongodb_uri: str, database_name: str
) -> None:
    headers = await sign_in(container, make_user())
    script = f"""
from pymongo import monitoring
class Listener(monitoring.CommandListener):
    def started(self, event):
        if event.command_name == "find":
            found.append(event.command["find"])
    def succeeded(self, event): pass
    def failed(self, event): pass
monitoring.register(Listener())
hooks.run_before_snapshot()
found = []
hooks.run_after_restore()
in_hook, found = found, []
answer = call("GET", "/v1/bookings", {headers!r})
print(json.dumps([in_hook, found, json.loads(answer["body"])["code"]]))
"""
    # The key is there, by which the token turns out to be of another issuer.
    assert in_a_function("bookings", script, mongodb_uri, database_name) == [["signing_keys"], [], "invalid_token"]


def test_secrets_that_cannot_be_read_at_a_restore_are_left_to_the_first_request(mongodb_uri: str) -> None:
    script = """
hooks.run_before_snapshot()
hooks.run_after_restore()
print(json.dumps(bool(container.mongo.client.nodes)))
"""
    named = {"STRIPE_SECRET_KEY": "", "STRIPE_SECRET": "gigsta/stripe", "AWS_DEFAULT_REGION": "ap-southeast-2"}
    assert in_a_function("payments", script, mongodb_uri, **named)
