"""What entry points are made of, and what they leave alone."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from common.runtime import needs
from common.runtime.handlers import LambdaHandler
from common.runtime.needs import HTTP

FUNCTIONS = Path(__file__).parents[3] / "functions"
APPS = sorted(path.parent.name for path in FUNCTIONS.glob("*/app.py"))
WORKERS = sorted(
    f"{path.parent.name}.{path.stem}"
    for kind in ("queue", "schedule", "socket")
    for path in FUNCTIONS.glob(f"*/*_{kind}.py")
)
#: Libraries that cost a start much and that not every function uses.
HEAVY = {
    "argon2", "fastapi", "fido2", "httpx", "icalendar", "jinja2", "jwt", "mangum", "phonenumbers", "stripe", "webpush",
}  # fmt: skip
WEB = {"fastapi", "jwt", "mangum"}
#: Stripe's SDK loads httpx too.
PAYMENTS = {"httpx", "stripe"}
BOOKINGS = {*PAYMENTS, "icalendar", "phonenumbers"}
#: An account is erased by the register of all collections, one of which the adapter of push messages owns.
ACCOUNTS = {*BOOKINGS, "argon2", "fido2", "jwt", "webpush"}
#: What each function loads of them: no more than its routes or its messages can reach.
LOADS = {
    "admin.app": {*WEB, *BOOKINGS},
    "auth.app": {*WEB, *ACCOUNTS},
    "bookings.app": {*WEB, *ACCOUNTS},
    "matching.app": {*WEB, *PAYMENTS, "phonenumbers"},
    "media.app": WEB,
    "messaging.app": {*WEB, "phonenumbers"},
    "notifications.app": WEB,
    "payments.app": {*WEB, *BOOKINGS},
    "providers.app": {*WEB, "httpx", "phonenumbers"},
    "reports.app": {*WEB, "httpx", "phonenumbers"},
    "search.app": {*WEB, "httpx"},
    "system.app": {*WEB, "httpx"},
    "webhooks.app": {*WEB, *PAYMENTS},
    "admin.metrics_schedule": set[str](),
    "bookings.sweep_schedule": BOOKINGS,
    "matching.matching_queue": {"httpx", "phonenumbers"},
    "matching.matching_schedule": {"httpx", "phonenumbers"},
    "media.media_queue": set[str](),
    "messaging.realtime_queue": set[str](),
    "messaging.realtime_socket": {"phonenumbers"},
    "notifications.notifications_queue": {"httpx", "icalendar", "jinja2", "webpush", "jwt", "phonenumbers"},
    "payments.payment_checks_queue": ACCOUNTS,
    "payments.reconciliation_schedule": PAYMENTS,
    "payments.stripe_events_queue": ACCOUNTS,
    "reports.reports_queue": {"httpx", "phonenumbers"},
    "reports.reports_schedule": {"phonenumbers"},
    "system.cleanup_schedule": set[str](),
    "system.outbox_schedule": set[str](),
}
ENVIRON = {
    "STAGE": "test", "MONGODB_URI": "mongodb://127.0.0.1:1", "MONGODB_DATABASE": "x", "PUBLIC_BASE_URL": "http://x",
    "FRONTEND_BASE_URL": "http://x", "NOTIFICATIONS_QUEUE_URL": "http://q", "PAYMENT_CHECKS_QUEUE_URL": "http://q",
    "STRIPE_EVENTS_QUEUE_URL": "http://q", "REALTIME_QUEUE_URL": "http://q",
    "REALTIME_URL": "ws://x", "REALTIME_CONNECTIONS_URL": "http://x",
    "MEDIA_BUCKET": "photos",
    "STRIPE_SECRET_KEY": "x", "JWT_SIGNING_KEYS": "{}", "MAIL_FROM": "a@b.c",
    "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:1", "FACTOR_KEYS": "x",
}  # fmt: skip


def _imported(module: str) -> set[str]:
    """Top-level packages that a fresh process has after importing a module."""
    script = (
        f"import sys, {module}; print(*sorted({{name.split('.')[0] for name in sys.modules if sys.modules[name]}}))"
    )
    env = {"PATH": os.environ["PATH"], **ENVIRON}
    root = FUNCTIONS.parent
    done = subprocess.run(
        [sys.executable, "-c", script], env=env, cwd=root, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize("module", [*(f"{area}.app" for area in APPS), *WORKERS])
def test_an_entry_point_loads_the_libraries_that_it_uses_and_no_others(module: str) -> None:
    assert _imported(f"functions.{module}") & HEAVY == LOADS[module]


@pytest.mark.parametrize("module", [*(f"{area}.app" for area in APPS), *WORKERS])
def test_an_entry_point_is_a_handler_with_its_own_name_and_needs(module: str) -> None:
    area, _, name = module.partition(".")
    handler = importlib.import_module(f"functions.{module}").handler
    assert isinstance(handler, LambdaHandler)
    assert handler.service == (area if name == "app" else name.replace("_", "-"))
    assert (HTTP in handler.needs) == (name == "app")


@pytest.mark.parametrize("area", APPS)
def test_an_entry_point_is_its_imports_and_one_call(area: str) -> None:
    names = {group: name for name, group in vars(needs).items() if name.isupper()}
    wanted = [names[group] for group in importlib.import_module(f"functions.{area}.app").handler.needs]
    given = f"({', '.join(wanted)}{',' if len(wanted) == 1 else ''})"
    made_of = f"{area.title()}Function"
    lines = [line for line in (FUNCTIONS / area / "app.py").read_text().splitlines()[1:] if line]
    assert [*lines[:4], "".join(lines[4:]).replace("    ", " ").replace("( ", "(")] == [
        "from common.runtime.http import create_handler",
        f"from common.runtime.needs import {', '.join(sorted(wanted))}",
        f"from functions.{area}.container import {made_of}",
        f"from functions.{area}.routes import router",
        f'handler = create_handler(router, service="{area}", needs={given}, container={made_of})',
    ]
