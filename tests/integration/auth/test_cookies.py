"""Cookies as browsers treat them: sent from the frontend's pages, whether it is another site or not."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import TYPE_CHECKING

import pytest
from common.runtime.http.cookies import is_same_site

from tests.support import api_client, make_container, make_settings

if TYPE_CHECKING:
    from http.cookies import Morsel

    from common.runtime.container.bootstrap import Container


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("http://localhost:8000", "http://localhost:3000", True),
        ("https://gigsta.example", "https://gigsta.example", True),
        ("https://api.gigsta.example", "https://gigsta.example", True),
        ("https://gigsta.example", "https://app.gigsta.example", True),
        ("https://api.gigsta.example", "https://app.gigsta.example", False),
        ("https://api.co.nz", "https://app.co.nz", False),
        ("https://notgigsta.example", "https://gigsta.example", False),
        ("http://gigsta.example", "https://gigsta.example", False),
        ("https://gigsta.example", "", False),
    ],
)
def test_only_what_is_surely_one_site_counts_as_one(one: str, other: str, expected: bool) -> None:
    assert is_same_site(one, other) is expected
    assert is_same_site(other, one) is expected


async def _device_cookie(container: Container) -> Morsel[str]:
    body = {"email": "cookies@example.com", "password": "a-quiet-river-runs-1984"}
    async with api_client("auth", container) as client:
        answer = await client.post("/v1/auth/register", json=body)
    assert answer.status_code == 202, answer.text
    return SimpleCookie(answer.headers["set-cookie"])["gigsta_device"]


@pytest.mark.parametrize(
    ("api", "frontend", "site", "is_secure"),
    [
        ("http://localhost:8000", "http://localhost:3000", "lax", False),
        ("https://api.gigsta.example", "https://gigsta.example", "lax", True),
        ("https://api.execute-api.example", "https://gigsta.example", "none", True),
    ],
)
async def test_cookies_reach_the_api_from_the_frontends_pages(
    mongodb_uri: str, migrated_database: str, api: str, frontend: str, site: str, is_secure: bool
) -> None:
    settings = make_settings(mongodb_uri, migrated_database, PUBLIC_BASE_URL=api, FRONTEND_BASE_URL=frontend)
    container = make_container(mongodb_uri, migrated_database, settings=settings)
    cookie = await _device_cookie(container)
    await container.close()
    assert cookie["samesite"] == site
    assert bool(cookie["secure"]) is is_secure
    assert cookie["httponly"]
    assert cookie["path"] == "/v1/auth"
