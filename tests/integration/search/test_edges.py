"""Windows that cannot be, things that vanish between two reads, and providers with several services."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.application.search.popular import popular_categories
from common.domain.geo import Point

from tests.fakes.clock import START
from tests.integration.search.conftest import search, store_provider, store_service

if TYPE_CHECKING:
    import httpx
    from common.runtime.bootstrap import Container

    from tests.fakes.clock import FakeClock


def instant(**parts: float) -> str:
    return (START + timedelta(**parts)).isoformat()


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ({"available_from": instant(days=1)}, "available_to", "missing"),
        ({"available_to": instant(days=1)}, "available_from", "missing"),
        ({"available_from": instant(days=2), "available_to": instant(days=1)}, "available_from", "end_before_start"),
        ({"available_from": instant(days=1), "available_to": instant(days=90)}, "available_to", "interval_too_long"),
        ({"min_price": 2, "max_price": 1}, "min_price", "min_over_max"),
        ({"address": "Nowhere at all 99999"}, "address", "unknown_address"),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(
    client: httpx.AsyncClient, query: dict[str, Any], field: str, code: str
) -> None:
    answer = await client.get("/v1/search/services", params=query)
    assert answer.status_code == 422
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [(field, code)]


async def test_nobody_is_free_in_the_past(client: httpx.AsyncClient, container: Container) -> None:
    await store_service(container, await store_provider(container, -45.0, 140.0))
    window = {"available_from": instant(days=-2), "available_to": instant(days=-1)}
    assert (await search(client, lat=-45.0, lng=140.0, **window))["items"] == []


async def test_services_of_one_provider_and_length_share_their_soonest_start(
    client: httpx.AsyncClient, container: Container
) -> None:
    provider = await store_provider(container, -45.0, 141.0)
    for minutes in (60, 60, 120):
        await store_service(container, provider, duration_minutes=minutes)
    items = (await search(client, lat=-45.0, lng=141.0, sort="soonest"))["items"]
    assert len(items) == 3
    assert len({item["next_slot_at"] for item in items}) == 1


async def test_a_provider_that_vanishes_between_two_reads_offers_no_time(
    client: httpx.AsyncClient, container: Container
) -> None:
    provider = await store_provider(container, -45.0, 142.0)
    await store_service(container, provider)
    await container.mongo.collection("providers").delete_one({"_id": provider.id})
    items = (await search(client, lat=-45.0, lng=142.0, sort="distance"))["items"]
    assert [item["next_slot_at"] for item in items] in ([], [None])
    window = {"available_from": instant(days=1), "available_to": instant(days=2)}
    assert (await search(client, lat=-45.0, lng=142.0, **window))["items"] == []


async def test_popularity_is_counted_anew_after_a_while(container: Container, clock: FakeClock) -> None:
    counted = []

    class Counting:
        async def counts(self, slugs: list[str], *_: object) -> list[object]:
            counted.append(slugs)
            return []

    deps = replace(container.search, popularity=Counting())  # type: ignore[arg-type]
    for _ in range(2):
        assert await popular_categories(deps, Point(-45.0, 143.0), limit=5) == []
    assert len(counted) == 1
    clock.advance(hours=1)
    await popular_categories(deps, Point(-45.0, 143.0), limit=5)
    assert len(counted) == 2
