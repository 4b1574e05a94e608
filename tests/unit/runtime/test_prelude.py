"""The cold-start measures still hold with the libraries as they are."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

REPORT = """
import gc, json, sys
{code}
from pydantic import BaseModel
print(json.dumps({{
    "collecting": gc.isenabled(), "frozen": gc.get_freeze_count(), "modules": sorted(sys.modules),
    "defer_build": BaseModel.model_config.get("defer_build"),
}}))
"""


def _report(code: str, **environ: str) -> dict[str, Any]:
    """Run code in a fresh interpreter and tell what it left behind."""
    script = REPORT.format(code=code)
    env = {"PATH": "/usr/bin:/bin", "PYTHONWARNINGS": "error", **environ}
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


def test_the_collector_rests_during_imports_in_lambda_only() -> None:
    assert _report("import common.runtime", AWS_LAMBDA_RUNTIME_API="127.0.0.1:1")["collecting"] is False
    assert _report("import common.runtime")["collecting"] is True


def test_once_the_handler_is_built_the_collector_works_and_imports_are_frozen() -> None:
    code = "from common.runtime import prelude; prelude.finish()"
    report = _report(code, AWS_LAMBDA_RUNTIME_API="127.0.0.1:1")
    assert report["collecting"] is True
    assert report["frozen"] > 0


def test_models_are_built_at_first_use_fastapis_own_too() -> None:
    code = (
        "import common.runtime\nfrom fastapi.openapi.models import OpenAPI\n"
        "assert not OpenAPI.__pydantic_complete__\nOpenAPI.model_json_schema()"
    )
    assert _report(code)["defer_build"] is True


def test_the_database_driver_does_not_bring_in_cryptography() -> None:
    modules = _report("import common.runtime\nfrom pymongo import AsyncMongoClient")["modules"]
    assert [name for name in modules if name.split(".")[0] in {"cryptography", "OpenSSL"}] == []
    assert "cryptography" in _report("from pymongo import AsyncMongoClient")["modules"]


def test_fastapi_imports_nothing_it_has_no_use_for() -> None:
    code = (
        "import common.runtime.http\nfrom fastapi import FastAPI\nfrom pydantic import BaseModel\napp = FastAPI()\n"
        "class Body(BaseModel):\n    x: int\n\n"
        "@app.post('/')\nasync def f(body: Body) -> Body: ...\n\napp.openapi()"
    )
    modules = _report(code)["modules"]
    assert [name for name in modules if name.startswith(("email_validator", "pydantic.v1."))] == []
    assert "email_validator" in _report("import common.runtime.http\nimport email_validator")["modules"]


def test_pydantic_does_not_search_for_plugins() -> None:
    code = (
        "import common.runtime, pydantic.plugin._loader as loader\nfrom pydantic import BaseModel, create_model\n"
        "create_model('M', x=int)(x=1)\nassert loader._plugins is None"
    )
    _report(code)


@pytest.mark.parametrize("module", ["common.runtime.sqs", "common.runtime.schedule"])
def test_workers_do_without_the_web_framework(module: str) -> None:
    modules = _report(f"import {module}")["modules"]
    unwanted = {"fastapi", "starlette", "mangum", "boto3", "stripe", "cryptography", "aws_lambda_powertools"}
    assert unwanted & set(modules) == set()


def test_the_web_kit_does_without_what_only_some_requests_need() -> None:
    modules = _report("import common.runtime.http")["modules"]
    unwanted = {"boto3", "stripe", "jwt", "cryptography", "aws_lambda_powertools", "httpx", "jinja2", "aws_xray_sdk"}
    assert unwanted & set(modules) == set()
