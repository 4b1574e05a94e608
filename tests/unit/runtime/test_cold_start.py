"""The switches of a cold start still hold with the libraries as they are."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FUNCTIONS = Path(__file__).parents[3] / "functions"
ENTRY_POINTS = sorted(
    f"{path.parent.name}.{path.stem}"
    for kind in ("app", "*_queue", "*_schedule")
    for path in FUNCTIONS.glob(f"*/{kind}.py")
)
IN_LAMBDA = {"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:1"}
REPORT = """
import gc, json, sys
{code}
from pydantic import BaseModel
print(json.dumps({{
    "collecting": gc.isenabled(), "frozen": gc.get_freeze_count(), "modules": sorted(sys.modules),
    "new_objects": gc.get_threshold()[0],
    "defer_build": BaseModel.model_config.get("defer_build"),
}}))
"""


def _report(code: str, **environ: str) -> dict[str, Any]:
    """Run code in a fresh interpreter and tell what it left behind."""
    script = REPORT.format(code=code)
    return dict(json.loads(_run(script, environ)))


def _run(script: str, environ: dict[str, str]) -> str:
    env = {"PATH": "/usr/bin:/bin", "PYTHONWARNINGS": "error", **environ}
    done = subprocess.run(
        [sys.executable, "-c", script], env=env, cwd=FUNCTIONS.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def test_the_collector_rests_during_imports_in_lambda_only() -> None:
    assert _report("import common.runtime", AWS_LAMBDA_RUNTIME_API="127.0.0.1:1")["collecting"] is False
    assert _report("import common.runtime")["collecting"] is True


def test_after_the_imports_the_collector_works_and_they_are_frozen() -> None:
    code = "from common.runtime import cold_start; cold_start.finish()"
    report = _report(code, **IN_LAMBDA)
    assert report["collecting"] is True
    assert report["frozen"] > 0
    assert report["new_objects"] == 20_000


@pytest.mark.parametrize("module", ENTRY_POINTS)
def test_every_entry_point_begins_with_it(module: str) -> None:
    first = f"import sys, functions.{module.rpartition('.')[0]}\nassert 'common.runtime.cold_start' in sys.modules"
    _report(first)


def test_models_are_built_at_their_first_use() -> None:
    code = (
        "import common.runtime.http\nfrom common.runtime.http.schemas import ResponseModel\n"
        "class Made(ResponseModel):\n    x: int\n\n"
        "assert not Made.__pydantic_complete__\nassert Made(x=1).x == 1 and Made.__pydantic_complete__"
    )
    assert _report(code)["defer_build"] is True


def test_ahead_of_a_snapshot_models_are_built_when_they_are_imported() -> None:
    code = (
        "import common.runtime.http\nfrom common.runtime.http.schemas import ResponseModel\n"
        "class Made(ResponseModel):\n    x: int\n\nassert Made.__pydantic_complete__"
    )
    assert not _report(code, AWS_LAMBDA_INITIALIZATION_TYPE="snap-start")["defer_build"]


def test_pydantic_does_not_search_for_plugins() -> None:
    code = (
        "import common.runtime, pydantic.plugin._loader as loader\nfrom pydantic import BaseModel, create_model\n"
        "create_model('M', x=int)(x=1)\nassert loader._plugins is None"
    )
    _report(code)


@pytest.mark.parametrize("module", ["common.runtime.sqs", "common.runtime.schedule"])
def test_workers_do_without_the_web_framework(module: str) -> None:
    assert {"fastapi", "starlette", "mangum"} & set(_report(f"import {module}")["modules"]) == set()
