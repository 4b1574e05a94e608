"""The cold-start measures still hold with the libraries as they are."""

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
    "defer_build": BaseModel.model_config.get("defer_build"),
}}))
"""


def _report(code: str, **environ: str) -> dict[str, Any]:
    """Run code in a fresh interpreter and tell what it left behind."""
    script = REPORT.format(code=code)
    return dict(json.loads(_run(script, environ)))


def _report_without_pydantic(code: str, **environ: str) -> list[str]:
    """Run code in a fresh interpreter and tell which modules it left behind."""
    return list(
        json.loads(
            _run(
                f"{code}\nimport json, sys\nprint(json.dumps(sorted(n for n in sys.modules if sys.modules[n])))",
                environ,
            )
        )
    )


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


def test_after_the_first_invocation_the_collector_works_and_imports_are_frozen() -> None:
    code = "from common.runtime import cold_start; cold_start.finish()"
    report = _report(code, **IN_LAMBDA)
    assert report["collecting"] is True
    assert report["frozen"] > 0


def test_the_prelude_itself_imports_no_library() -> None:
    modules = _report_without_pydantic("import common.runtime", **IN_LAMBDA)
    assert [
        name for name in modules if name.split(".")[0] in {"pydantic", "pymongo", "asyncio", "typing_extensions"}
    ] == []


@pytest.mark.parametrize("module", ENTRY_POINTS)
def test_every_entry_point_begins_with_the_prelude(module: str) -> None:
    first = f"import sys, functions.{module.rpartition('.')[0]}\nassert 'common.runtime.cold_start' in sys.modules"
    _report(first)


def test_models_are_built_at_first_use_fastapis_own_too() -> None:
    code = (
        "import common.runtime.http, sys\nassert 'fastapi.openapi.models' not in sys.modules\n"
        "from fastapi.openapi.models import OpenAPI, Schema\n"
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


def test_describing_the_routes_loads_what_only_the_description_needs() -> None:
    code = (
        "import common.runtime.http as kit\nfrom fastapi import FastAPI\napp = FastAPI()\n"
        "@app.get('/')\nasync def f(caller: kit.CurrentUser) -> int: ...\n\n"
        "schemes = app.openapi()['components']['securitySchemes']\n"
        "assert schemes == {'access_token': {'type': 'http', 'scheme': 'bearer', 'bearerFormat': 'JWT'}}, schemes\n"
        "from fastapi.security.oauth2 import OAuth2PasswordBearer\nassert OAuth2PasswordBearer(tokenUrl='x').model"
    )
    assert "fastapi.openapi.models" in _report(code)["modules"]


def test_a_broken_response_still_names_its_endpoint_without_its_source_being_read() -> None:
    code = (
        "import common.runtime.http, linecache, httpx\nfrom common.runtime.loop import run\n"
        "from fastapi import FastAPI\nfrom fastapi.exceptions import ResponseValidationError\napp = FastAPI()\n"
        "exec(compile(\"@app.get('/')\\nasync def f() -> int: return 'x'\", json.__file__, 'exec'))\n"
        "client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url='http://x')\n"
        "try:\n    run(client.get('/'))\nexcept ResponseValidationError as error:\n"
        "    assert json.__file__ in str(error) and 'in f' in str(error), str(error)\nelse:\n    raise SystemExit(1)\n"
        "assert json.__file__ not in linecache.cache"
    )
    _report(code)


def test_a_status_still_has_its_phrase_and_an_upload_its_file() -> None:
    code = (
        "import common.runtime.http, sys\nassert not {'http.client', 'email.message', 'tempfile'} & set(sys.modules)\n"
        "from starlette.exceptions import HTTPException\nassert HTTPException(404).detail == 'Not Found'\n"
        "import http.client\nassert http.client.HTTPConnection\n"
        "from starlette.formparsers import SpooledTemporaryFile\nwith SpooledTemporaryFile() as f: f.write(b'x')\n"
        "import fastapi.routing\nm = fastapi.routing.email.message.Message()\nm['content-type'] = 'text/plain'\n"
        "assert m.get_content_type() == 'text/plain'"
    )
    _report(code)


def test_verifying_tokens_does_without_certificates_and_a_key_fetcher() -> None:
    code = "import common.runtime\nimport jwt\nassert jwt.algorithms.has_crypto"
    modules = _report(code)["modules"]
    assert [name for name in modules if name.startswith(("cryptography.x509", "urllib.request"))] == []
    asked = code + "\nfrom cryptography import x509\nassert x509.Certificate\njwt.PyJWKClient('https://x')"
    assert {"cryptography.x509", "jwt.jwks_client"} <= set(_report(asked)["modules"])


def test_in_lambda_the_database_driver_leaves_its_synchronous_client_aside() -> None:
    unused = {"pymongo.synchronous.mongo_client", "pymongo.synchronous.collection", "pymongo.auth_oidc_shared"}
    code = "import common.runtime\nfrom pymongo import AsyncMongoClient, MongoClient, UpdateOne"
    assert unused & set(_report(code, **IN_LAMBDA)["modules"]) == set()
    assert unused <= set(_report(code)["modules"])
    asked = f"{code}\nwith MongoClient('mongodb://127.0.0.1:1', connect=False) as c: assert c['x'].name == 'x'"
    assert "pymongo.synchronous.mongo_client" in _report(asked, **IN_LAMBDA)["modules"]


def test_in_lambda_making_a_client_reads_no_source_files() -> None:
    code = (
        "import common.runtime, linecache\nfrom pymongo import AsyncMongoClient\n"
        "AsyncMongoClient('mongodb://127.0.0.1:1', connect=False)\nassert {read} == bool(linecache.cache)"
    )
    _report(code.format(read=False), **IN_LAMBDA)
    _report(code.format(read=True))


def test_a_tuned_module_knows_its_real_loader() -> None:
    code = (
        "import common.runtime, fastapi, importlib.resources\nfrom importlib.machinery import SourceFileLoader\n"
        "assert type(fastapi.__loader__) is type(fastapi.__spec__.loader) is SourceFileLoader\n"
        "assert (importlib.resources.files('fastapi') / '__init__.py').is_file()"
    )
    _report(code)


def test_a_stand_in_loads_its_module_when_called() -> None:
    code = (
        "from common.runtime.stubs import standing_in\nimport sys\n"
        "with standing_in('colorsys'):\n    from colorsys import rgb_to_hsv\n"
        "assert 'colorsys' not in sys.modules\nassert rgb_to_hsv(0, 0, 0) == (0, 0, 0)"
    )
    assert "colorsys" in _report(code)["modules"]


def test_a_lazy_module_loads_when_something_in_it_is_asked_for() -> None:
    code = (
        "from common.runtime.stubs import lazily\nimport sys, xml\n"
        "with lazily('xml.sax'):\n    import xml.sax\n"
        "assert 'xml.sax' not in sys.modules\nassert xml.sax.make_parser and 'xml.sax' in sys.modules"
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
