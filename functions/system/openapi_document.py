"""The OpenAPI document: generated from all functions' routes (``python -m infra.docs.openapi``), read once."""

import json
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("openapi.json")


@cache
def openapi_document(base_url: str) -> bytes:
    """The document as JSON.

    Args:
        base_url: the API's public address, as the document's one server.
    """
    document = json.loads(_FILE.read_bytes())
    document["servers"] = [{"url": base_url}]
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def operations() -> dict[str, tuple[str, ...]]:
    """The methods that the document describes, in capitals, by path."""
    paths = json.loads(_FILE.read_bytes())["paths"]
    return {path: tuple(method.upper() for method in item) for path, item in paths.items()}
