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
        "import common.runtime.http\nfrom fastapi.openapi.models import OpenAPI, Schema\n"
        "assert not OpenAPI.__pydantic_complete__ and not Schema.__pydantic_complete__\n"
        "assert OpenAPI.model_json_schema() and Schema(title='x').title == 'x' and Schema.__pydantic_complete__"
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


def test_pydantics_core_does_not_evaluate_annotations_for_type_checkers() -> None:
    code = (
        "import common.runtime, typing, typing_extensions\nfrom pydantic_core import core_schema\n"
        "assert type(core_schema.ModelSchema) is type\n"
        "class Real(typing.TypedDict): x: int\n\n"
        "class Too(typing_extensions.TypedDict): x: int\n\n"
        "from pydantic import TypeAdapter\nassert TypeAdapter(Too).validate_python({'x': '1'}) == {'x': 1}"
    )
    _report(code)


@pytest.mark.parametrize("module", ["common.runtime.sqs", "common.runtime.http"])
def test_metadata_of_packages_is_loaded_by_who_asks_for_it(module: str) -> None:
    modules = _report(f"import {module}")["modules"]
    assert [name for name in modules if name.startswith(("importlib.metadata", "zipfile"))] == []
    asked = _report(f"import {module}, pymongo.common as c\nassert not c.check_for_min_version('pymongo')[0] == ''")
    assert "importlib.metadata" in asked["modules"]


def test_fastapi_leaves_out_opentelemetry_but_for_its_context() -> None:
    modules = _report("import common.runtime.http\nfrom fastapi import FastAPI\nFastAPI()")["modules"]
    assert [name for name in modules if name.startswith(("opentelemetry.trace", "opentelemetry.metrics"))] == []


def test_verifying_tokens_does_without_certificates() -> None:
    code = (
        "import common.runtime\nfrom common.runtime import prelude\n"
        "with prelude.standing_in(*prelude.CERTIFICATES):\n    import jwt\nassert jwt.algorithms.has_crypto"
    )
    modules = _report(code)["modules"]
    assert [name for name in modules if name.startswith("cryptography.x509")] == []
    loaded = _report(code + "\nfrom cryptography import x509\nassert x509.Certificate")["modules"]
    assert "cryptography.x509" in loaded


def test_a_stand_in_loads_its_module_when_called() -> None:
    code = (
        "from common.runtime import prelude\nimport sys\n"
        "with prelude.standing_in('colorsys'):\n    from colorsys import rgb_to_hsv\n"
        "assert 'colorsys' not in sys.modules\nassert rgb_to_hsv(0, 0, 0) == (0, 0, 0)"
    )
    assert "colorsys" in _report(code)["modules"]


@pytest.mark.parametrize("module", ["common.runtime.sqs", "common.runtime.schedule"])
def test_workers_do_without_the_web_framework(module: str) -> None:
    modules = _report(f"import {module}")["modules"]
    unwanted = {"fastapi", "starlette", "mangum", "boto3", "stripe", "cryptography", "aws_lambda_powertools"}
    assert unwanted & set(modules) == set()


def test_the_web_kit_does_without_what_only_some_requests_need() -> None:
    modules = _report("import common.runtime.http")["modules"]
    unwanted = {"boto3", "stripe", "jwt", "cryptography", "aws_lambda_powertools", "httpx", "jinja2", "aws_xray_sdk"}
    assert unwanted & set(modules) == set()
