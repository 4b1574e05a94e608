"""Through CloudFront, or past it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from common.runtime.http import edge
from common.runtime.settings import Settings

KEYED = Settings({"EDGE_KEY": "the-key"})


def asked(**headers: str) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {
        "headers": named,
        "requestContext": {"http": {"sourceIp": "130.176.0.1", "path": "/v1/health"}},
        "body": "x",
    }


def test_without_a_cdn_everybody_is_let_in_as_they_come() -> None:
    event = asked(x_viewer_address="203.0.113.7")
    assert edge.admit(Settings({}), event) == (event, None)


def test_behind_one_the_viewer_is_who_counts() -> None:
    event = asked(x_edge_key="the-key", x_viewer_address="203.0.113.7")
    admitted, refused = edge.admit(KEYED, event)
    assert refused is None
    assert admitted["requestContext"] == {"http": {"sourceIp": "203.0.113.7", "path": "/v1/health"}}
    assert admitted["body"] == "x"


@pytest.mark.parametrize(
    "headers", [{}, {"x_edge_key": "another"}, {"x_viewer_address": "203.0.113.7"}, {"x_edge_key": "ü"}]
)
def test_past_one_nobody_is_answered_and_nobody_is_believed(headers: dict[str, str]) -> None:
    _, refused = edge.admit(KEYED, asked(**headers))
    assert refused is not None
    assert refused["statusCode"] == 403
    assert refused["headers"]["content-type"] == "application/problem+json"
    assert json.loads(refused["body"])["code"] == "not_through_edge"
