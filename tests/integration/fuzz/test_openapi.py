"""Every operation answers whatever its description allows, and whatever it forbids, as the description says.

Schemathesis makes the requests from the OpenAPI document: as described, and broken in one way or another. By default
they are few and always the same; ``HYPOTHESIS_PROFILE=nightly`` makes many new ones. Nothing is left out.
"""

from __future__ import annotations

import json
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.config import SchemathesisConfig
from schemathesis.generation.modes import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from infra.docs import openapi
from tests.integration.fuzz.nasty import IS_NIGHT
from tests.integration.fuzz.world import FuzzWorld, check_answer
from tests.support.http import BASE_URL

if TYPE_CHECKING:
    from schemathesis.schemas import APIOperation, BaseSchema

DOCUMENT: dict[str, Any] = json.loads(Path(openapi.TARGET).read_text())
OPERATIONS = [(path, method) for path, item in DOCUMENT["paths"].items() for method in item]
_CHECKS = [response_schema_conformance, content_type_conformance, status_code_conformance]
_BOUNDS = settings(
    max_examples=settings().max_examples // 20,
    derandomize=not IS_NIGHT,
    database=None,
    suppress_health_check=list(HealthCheck),
)
#: True three times out of four.
_MOSTLY = st.sampled_from([True, True, True, False])


@cache
def _schema() -> BaseSchema:
    return schemathesis.openapi.from_dict(DOCUMENT, config=SchemathesisConfig())


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_it_answers_as_described(world: FuzzWorld, path: str, method: str) -> None:
    operation = _schema()[path][method.upper()]
    _try(world, operation, GenerationMode.POSITIVE)
    if next(operation.iter_parameters(), None) is not None or operation.body:
        # Where any text will do, as in a path of one plain name, nothing can be wrong with a request.
        with suppress(Unsatisfiable):
            _try(world, operation, GenerationMode.NEGATIVE)


def _try(world: FuzzWorld, operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode) -> None:
    """Send as many requests of a kind as the profile says."""

    @_BOUNDS
    @given(case=operation.as_strategy(mode), data=st.data())
    def send(case: schemathesis.Case[Any], data: st.DataObject) -> None:
        request = _request_of(world, case, data, is_described=mode is GenerationMode.POSITIVE)
        answer = world.send(operation.path, case.method, **request)
        if answer.status_code == 401:
            world.restore()
        check_answer(answer, {"body": request.get("content")})
        case.validate_response(answer, checks=_CHECKS)

    send()


def _request_of(
    world: FuzzWorld, case: schemathesis.Case[Any], data: st.DataObject, *, is_described: bool
) -> dict[str, Any]:
    """The request's address, header fields and content, mostly with ids of things that exist."""
    for name in case.path_parameters:
        known = world.known(case.path, name)
        if len(known) > 0 and data.draw(_MOSTLY):
            case.path_parameters[name] = data.draw(st.sampled_from(known))
    if isinstance(case.body, dict) and is_described and data.draw(_MOSTLY):
        case.body = world.fill(case.body, list(case.body))
    made = case.as_transport_kwargs(base_url=BASE_URL)
    caller = world.headers(case.path, data.draw(st.integers(0, 1)))
    headers = {name: str(value).encode("utf-8", "replace") for name, value in made["headers"].items()}
    headers |= {name: value.encode() for name, value in caller.items()}
    content = made.get("data")
    if "json" in made:
        content = json.dumps(made["json"]).encode()
    return {"url": made["url"], "params": made["params"] or None, "headers": headers, "content": content}
