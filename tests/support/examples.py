"""What operations of the API were asked and answered in tests: checked against the API's description, and recorded.

With ``GIGSTA_EXAMPLES=<folder>`` every process writes there what it saw, and ``python -m infra.docs.examples <folder>``
makes the description's examples of it, of calendars and tables as of JSON.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.routing import compile_path

from infra.docs import openapi

if TYPE_CHECKING:
    import re

    import httpx

_FOLDER = os.environ.get("GIGSTA_EXAMPLES")
_MOST_BYTES = 100_000
_JSON = frozenset({"application/json", "application/problem+json"})
#: Of codes that were seen already, and of answers as long as one that was, to requests of the same kind.
_seen: set[tuple[str, str, str, int, bool]] = set()


async def look_at(response: httpx.Response) -> None:
    """Take an answer's code and, where asked to, the whole exchange; a response hook of ``httpx``.

    Raises:
        AssertionError: the description does not name the answer's code among those of the operation.
    """
    operation = operation_of(response.request.method, response.request.url.path)
    if operation is None or not _may_be_shown(media := media_of(response)):
        return
    if not await response.aread():
        media = ""
    if response.status_code >= 400 and media in _JSON:
        _check_code(operation, response)
    if _FOLDER:
        _record(Path(_FOLDER), operation, media, response)


def media_of(response: httpx.Response) -> str:
    """The type of what was answered; empty where nothing was."""
    return str(response.headers.get("content-type", "")).split(";")[0]


def _may_be_shown(media: str) -> bool:
    return not media or media in _JSON or media.startswith("text/")


def operation_of(method: str, path: str) -> str | None:
    """The identifier of the operation that a request is for."""
    by_text, patterns = _operations()
    found = by_text.get((method, path))
    if found is None:
        found = next((name for verb, pattern, name in patterns if verb == method and pattern.match(path)), None)
    return found


def _check_code(operation: str, response: httpx.Response) -> None:
    known = _codes().get(operation)
    code = response.json().get("code")
    if known is not None and code is not None and not _FOLDER:
        assert code in known, f"{operation} answered {code}, which is not among its published codes (make examples)"


def _record(folder: Path, operation: str, media: str, response: httpx.Response) -> None:
    # What is made at random shows nobody how to ask.
    is_random = "/fuzz/" in os.environ.get("PYTEST_CURRENT_TEST", "")
    if len(response.content) > _MOST_BYTES or (is_random and response.is_success):
        return
    sent = _parsed(response.request.content if hasattr(response.request, "_content") else b"")
    answer = (_parsed(response.content) if media in _JSON else response.text) if media else None
    code = answer.get("code", "") if isinstance(answer, dict) and response.status_code >= 400 else ""
    key = (operation, media, code, 0 if code else len(response.content), bool(sent))
    if key in _seen:
        return
    _seen.add(key)
    exchange = {"sent": sent, "media": media, "answer": answer}
    row = {"operation": operation, "status": response.status_code, "code": code, **exchange}
    with (folder / f"{os.getpid()}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content) if content else None
    except (ValueError, RecursionError):
        return None


@cache
def _document() -> dict[str, Any]:
    return dict(json.loads(openapi.TARGET.read_bytes()))


@cache
def _codes() -> dict[str, frozenset[str]]:
    operations = [each for item in _document()["paths"].values() for each in item.values()]
    return {each["operationId"]: frozenset(each["x-error-codes"]) for each in operations if "x-error-codes" in each}


@cache
def _operations() -> tuple[dict[tuple[str, str], str], list[tuple[str, re.Pattern[str], str]]]:
    """Operations by method and plain path, and patterns of the paths with parameters."""
    by_text, patterns = {}, []
    for path, item in _document()["paths"].items():
        for verb, operation in item.items():
            if "{" in path:
                patterns.append((verb.upper(), compile_path(path)[0], operation["operationId"]))
            else:
                by_text[verb.upper(), path] = operation["operationId"]
    return by_text, patterns
