"""Nothing that can be put into a path, a query or a body makes any function fail."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from zlib import crc32

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.config import SchemathesisConfig

from infra.docs import openapi
from tests.integration.fuzz import nasty
from tests.integration.fuzz.world import FuzzWorld, check_answer
from tests.support.http import BASE_URL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

T = TypeVar("T")

DOCUMENT: dict[str, Any] = json.loads(Path(openapi.TARGET).read_text())
OPERATIONS = [(path, method) for path, item in DOCUMENT["paths"].items() for method in item]
WITH_BODY = [(path, method) for path, method in OPERATIONS if "requestBody" in DOCUMENT["paths"][path][method]]
_ONE = settings(
    max_examples=1, derandomize=True, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)


#: By day each field is sent every second value, and its neighbours the others; every night each is sent all.
_STRIDE = 1 if nasty.IS_NIGHT else 2


def _some(values: Sequence[T], *place: str) -> Sequence[T]:
    """Those values that a place is sent, always the same."""
    return values[crc32("/".join(place).encode()) % _STRIDE :: _STRIDE]


def _parameters(path: str, method: str, place: str) -> list[str]:
    declared = DOCUMENT["paths"][path][method].get("parameters", [])
    return [each["name"] for each in declared if each["in"] == place]


WITH_ID = [each for each in OPERATIONS if _parameters(*each, "path")]
WITH_QUERY = [each for each in OPERATIONS if _parameters(*each, "query")]


@pytest.mark.parametrize(("path", "method"), WITH_ID)
def test_a_path(world: FuzzWorld, path: str, method: str) -> None:
    body = _plausible_body(world, path, method)
    for name in _parameters(path, method, "path"):
        for text in _some(nasty.TEXTS, path, method, name):
            _send(world, path, method, url=_address(world, path, **{name: text}), json=body)


@pytest.mark.parametrize(("path", "method"), WITH_QUERY)
def test_a_query(world: FuzzWorld, path: str, method: str) -> None:
    address = _address(world, path)
    names = _parameters(path, method, "query")
    for name in names:
        texts = nasty.cursors() if name == "cursor" else [*nasty.TEXTS, f"1&{name}=2&{name}[$gt]="]
        for text in _some(texts, path, method, name):
            _send(world, path, method, url=f"{address}?{name}={text}")
    _send(world, path, method, url=f"{address}?{'&'.join(f'{name}=1' for name in names * 50)}")


@pytest.mark.parametrize(("path", "method"), WITH_BODY)
def test_a_field(world: FuzzWorld, path: str, method: str) -> None:
    address = _address(world, path)
    names = _properties(path, method)
    _send(world, path, method, url=address, json=_plausible_body(world, path, method))
    for body in _spoilt(_plausible_body(world, path, method), names, f"{method} {path}"):
        _send(world, path, method, url=address, json=body)


@pytest.mark.parametrize(("path", "method"), WITH_BODY)
def test_a_body(world: FuzzWorld, path: str, method: str) -> None:
    address = _address(world, path)
    for content in nasty.BODIES:
        _send(world, path, method, url=address, content=content)
    plausible = json.dumps(_plausible_body(world, path, method)).encode()
    for kind in nasty.CONTENT_TYPES:
        _send(world, path, method, url=address, content=plausible, kind=kind)


def _send(
    world: FuzzWorld, path: str, method: str, *, url: str, content: bytes = b"", json: Any = None, kind: str = "json"
) -> None:
    """Send as each of the parties in turn, and check the answer."""
    headers = {name: value.encode() for name, value in world.headers(path, world.sent).items()}
    headers["content-type"] = b"application/json" if kind == "json" else kind.encode("latin-1")
    sent = _dumped(json) if json is not None else content
    answer = world.send(path, method.upper(), url, headers=headers, content=sent)
    if answer.status_code == 401:
        world.restore()
    check_answer(answer, {"body": sent})


def _dumped(value: Any) -> bytes:
    """JSON with whatever Python's writer lets through: NaN, lone surrogates, integers of any length."""
    return json.dumps(value).encode()


def _address(world: FuzzWorld, path: str, **texts: str) -> str:
    """The operation's address, its parameters naming something that exists where not given."""
    for name in _parameters_of(path):
        known = world.known(path, name)
        path = path.replace(f"{{{name}}}", texts.get(name, known[-1] if known else "none"))
    return BASE_URL + path


def _parameters_of(path: str) -> list[str]:
    return [part[1:-1] for part in path.replace(".", "/").split("/") if part.startswith("{")]


@cache
def _first_body(path: str, method: str) -> Any:
    """The simplest body that the description allows."""
    found: list[Any] = []
    operation = schemathesis.openapi.from_dict(DOCUMENT, config=SchemathesisConfig())[path][method.upper()]

    @_ONE
    @given(operation.as_strategy())
    def keep(case: schemathesis.Case[Any]) -> None:
        found.append(case.body)

    keep()
    return found[0]


def _plausible_body(world: FuzzWorld, path: str, method: str) -> Any:
    if "requestBody" not in DOCUMENT["paths"][path][method]:
        return None
    return world.fill(_first_body(path, method), _properties(path, method))


def _properties(path: str, method: str) -> list[str]:
    """Names of a body's fields."""
    schema = DOCUMENT["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]
    while "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return list(schema.get("properties", {}))


def _spoilt(body: Any, names: list[str], place: str) -> Iterator[Any]:
    """The body with one value anywhere in it replaced, by nasty values in turn."""
    if not isinstance(body, dict):
        return
    for name in dict.fromkeys([*names, *body]):
        yield from ({**body, name: value} for value in _some(nasty.VALUES, place, name))
        inner = body.get(name)
        if isinstance(inner, list) and inner:
            yield from ({**body, name: [each]} for each in _spoilt(inner[0], [], f"{place} {name}"))
        yield from ({**body, name: each} for each in _spoilt(inner, [], f"{place} {name}"))
