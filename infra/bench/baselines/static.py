"""The cold baseline: a handler that imports nothing and answers a constant."""

from typing import Any


def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer 200 at once."""
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": "{}"}
