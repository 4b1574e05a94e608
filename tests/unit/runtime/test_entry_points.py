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
    f"{path.parent.name}.{path.stem}" for kind in ("queue", "schedule") for path in FUNCTIONS.glob(f"*/*_{kind}.py")
)
WEB = {"fastapi", "starlette", "mangum"}
ENVIRON = {
    "STAGE": "test", "MONGODB_URI": "mongodb://127.0.0.1:1", "MONGODB_DATABASE": "x", "PUBLIC_BASE_URL": "http://x",
    "FRONTEND_BASE_URL": "http://x", "NOTIFICATIONS_QUEUE_URL": "http://q", "PAYMENT_CHECKS_QUEUE_URL": "http://q",
    "STRIPE_EVENTS_QUEUE_URL": "http://q", "STRIPE_SECRET_KEY": "x", "JWT_SIGNING_KEYS": "{}", "MAIL_FROM": "a@b.c",
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


@pytest.mark.parametrize("module", WORKERS)
def test_a_worker_starts_without_the_web_framework(module: str) -> None:
    assert _imported(f"functions.{module}") & WEB == set()


@pytest.mark.parametrize("module", [*(f"{area}.app" for area in APPS), *WORKERS])
def test_an_entry_point_is_a_handler_with_its_own_name_and_needs(module: str) -> None:
    area, _, name = module.partition(".")
    handler = importlib.import_module(f"functions.{module}").handler
    assert isinstance(handler, LambdaHandler)
    assert handler.service == (area if name == "app" else name.replace("_", "-"))
    assert (HTTP in handler.needs) == (name == "app")


@pytest.mark.parametrize("area", APPS)
def test_an_entry_point_is_four_lines(area: str) -> None:
    names = {group: name for name, group in vars(needs).items() if name.isupper()}
    wanted = [names[group] for group in importlib.import_module(f"functions.{area}.app").handler.needs]
    given = f"({', '.join(wanted)}{',' if len(wanted) == 1 else ''})"
    lines = [line for line in (FUNCTIONS / area / "app.py").read_text().splitlines()[1:] if line]
    assert lines == [
        "from common.runtime.http import create_handler",
        f"from common.runtime.needs import {', '.join(sorted(wanted))}",
        f"from functions.{area}.routes import router",
        f'handler = create_handler(router, service="{area}", needs={given})',
    ]
