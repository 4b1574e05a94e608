"""Rate limits are exact, shared and told to the caller."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from common.runtime.http.rate_limits import at_once, rate_limit
from fastapi import APIRouter, Depends

from tests.factories.users import make_user
from tests.support import app_client, sign_in

if TYPE_CHECKING:
    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock


def _router(by: str = "address") -> APIRouter:
    router = APIRouter()
    limit = rate_limit(f"test-{uuid4().hex}", limit=3, per_seconds=60, by=by)  # type: ignore[arg-type]

    @router.get("/limited", dependencies=[Depends(limit)])
    async def limited() -> dict[str, str]:
        return {}

    return router


async def test_the_limit_holds_tells_what_is_left_and_refills(container: Container, clock: FakeClock) -> None:
    async with app_client(_router(), container) as client:
        left = [(await client.get("/limited")).headers["ratelimit-remaining"] for _ in range(3)]
        assert left == ["2", "1", "0"]
        refused = await client.get("/limited")
        assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
        told = {
            name: refused.headers[name]
            for name in ("retry-after", "ratelimit-limit", "ratelimit-reset", "ratelimit-policy")
        }
        assert told == {
            "retry-after": "20",
            "ratelimit-limit": "3",
            "ratelimit-reset": "60",
            "ratelimit-policy": "3;w=60",
        }
        clock.advance(seconds=19)
        assert (await client.get("/limited")).status_code == 429
        clock.advance(seconds=1)
        assert (await client.get("/limited")).status_code == 200
        clock.advance(hours=1)
        assert (await client.get("/limited")).headers["ratelimit-remaining"] == "2"


async def test_of_many_at_once_exactly_as_many_pass_as_may(container: Container) -> None:
    key = uuid4().hex
    now = container.clock.now()
    take = container.rate_limits.take
    buckets = await asyncio.gather(*(take(key, limit=50, window_seconds=3600, now=now) for _ in range(200)))
    assert Counter(bucket.allowed for bucket in buckets) == {True: 50, False: 150}


async def test_a_clock_that_runs_behind_gives_nothing_back_and_takes_nothing(
    container: Container, clock: FakeClock
) -> None:
    key = uuid4().hex
    take = container.rate_limits.take
    await take(key, limit=2, window_seconds=60, now=clock.now())
    behind = await take(key, limit=2, window_seconds=60, now=clock.advance(seconds=-30))
    assert (behind.allowed, behind.remaining) == (True, 0)
    assert not (await take(key, limit=2, window_seconds=60, now=clock.advance(seconds=30))).allowed


async def test_users_behind_one_address_are_counted_apart(container: Container) -> None:
    async with app_client(_router("user"), container) as client:
        first, second = [await sign_in(container, make_user()) for _ in range(2)]
        statuses = [(await client.get("/limited", headers=first)).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        assert (await client.get("/limited", headers=second)).status_code == 200
        assert (await client.get("/limited")).status_code == 200


async def test_a_token_that_proves_nothing_uses_up_no_limit_of_its_address(container: Container) -> None:
    router = APIRouter()
    of_user, of_address = (
        rate_limit(f"test-{uuid4().hex}", limit=3, per_seconds=60, by=by) for by in ("user", "address")
    )

    @router.get("/limited", dependencies=[Depends(at_once(of_user, of_address))])
    async def limited() -> dict[str, str]:
        return {}

    async with app_client(router, container) as client:
        forged = {"Authorization": "Bearer forged"}
        assert {(await client.get("/limited", headers=forged)).status_code for _ in range(4)} == {401}
        present = await client.get("/limited", headers=await sign_in(container, make_user()))
        assert (present.status_code, present.headers["ratelimit-remaining"]) == (200, "2")


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "192.0.2.2", False),
    ],
)
def test_an_ipv6_network_counts_as_one_address(first: str, second: str, shared: bool) -> None:
    from common.runtime.http.rate_limits import client_address
    from starlette.requests import Request

    one, other = (client_address(Request({"type": "http", "client": (host, 1)})) for host in (first, second))
    assert (one == other) is shared
