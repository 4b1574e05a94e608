"""Windows that cannot be, things that vanish between two reads, and providers with several services."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.adapters.mongo.shared.documents import to_document
from common.application.search.popular import popular_categories
from common.domain.scheduling.availability import Availability, TimeRange, WeeklyRule
from common.domain.shared.geo import Point
from common.runtime.http.paging import encode_cursor

from tests.factories.providers import make_provider, make_service
from tests.fakes.clock import START
from tests.integration.search.conftest import search, store_provider, store_service

if TYPE_CHECKING:
    import httpx
    from common.runtime.container.bootstrap import Container

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
        async def count_by_category(self, slugs: list[str], *_: object) -> list[object]:
            counted.append(slugs)
            return []

    deps = replace(container.search, popularity=Counting())  # type: ignore[arg-type]
    for _ in range(2):
        assert await popular_categories(deps, Point(-45.0, 143.0), limit=5) == []
    assert len(counted) == 1
    clock.advance(hours=1)
    await popular_categories(deps, Point(-45.0, 143.0), limit=5)
    assert len(counted) == 2


async def crowd(container: Container, lat: float, lng: float, number: int, hours: dict[int, str]) -> list[str]:
    """Providers at one place, each closed but for one hour of a Tuesday; ids of their services, by their hour."""
    ids = []
    for index in range(number):
        opens = hours.get(index, "03:00")
        rules = Availability(
            timezone="Pacific/Auckland",
            weekly=[
                WeeklyRule(
                    weekday=1,
                    ranges=[TimeRange(start=time.fromisoformat(opens), end=time(int(opens[:2]) + 1))],
                )
            ],
        )
        provider = make_provider(
            address={"text": "here", "lat": lat + index * 1e-5, "lng": lng, "is_located": True},
            availability=rules,
            active_service_limit=None,
        )
        service = make_service(provider)
        await container.mongo.collection("providers").insert_one(to_document(provider))
        await container.mongo.collection("services").insert_one(to_document(service))
        await container.listings.refresh_provider(provider.id)
        if index in hours:
            ids.append(service.id)
    return ids


async def test_a_page_is_filled_although_few_are_free(client: httpx.AsyncClient, container: Container) -> None:
    """One in forty is free: every page but the last is full, and the cursor misses and repeats nobody."""
    free = await crowd(container, -15.0, 100.0, 240, dict.fromkeys(range(7, 240, 40), "09:00"))
    at: dict[str, Any] = {"lat": -15.0, "lng": 100.0, "facets": "false"}
    window = {"available_from": "2030-03-04T20:00:00Z", "available_to": "2030-03-04T20:30:00Z"}
    for sort in ("distance", "relevance", "rating", "price", "soonest"):
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = await search(client, sort=sort, limit=4, **at, **window, **cursor)
            seen += [item["id"] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            assert len(page["items"]) == 4
            cursor = {"cursor": page["next_cursor"]}
        assert len(seen) == len(free)
        assert set(seen) == set(free)


async def test_the_work_for_a_page_is_bounded_and_its_cursor_goes_on(
    client: httpx.AsyncClient, container: Container
) -> None:
    free = await crowd(container, -16.0, 100.0, 90, {80: "09:00"})
    container.replace(search=replace(container.search, most_checked=50))
    at: dict[str, Any] = {"lat": -16.0, "lng": 100.0, "sort": "distance"}
    window = {"available_from": "2030-03-04T20:00:00Z", "available_to": "2030-03-04T20:30:00Z"}
    first = await search(client, limit=4, **at, **window)
    assert first["items"] == []
    second = await search(client, limit=4, cursor=first["next_cursor"], **at, **window)
    assert [item["id"] for item in second["items"]] == free
    assert second["next_cursor"] is None


async def test_a_cursor_of_another_kind_of_list_is_foreign(client: httpx.AsyncClient, container: Container) -> None:
    for index in range(3):
        await store_service(container, await store_provider(container, -17.0, 100.0 + index * 1e-4))
    at: dict[str, Any] = {"lat": -17.0, "lng": 100.0, "limit": 1}
    services = (await search(client, **at))["next_cursor"]
    foreign = [
        ("providers", services),
        ("services", (await search(client, "providers", **at))["next_cursor"]),
        ("services", encode_cursor("svc_1")),
        ("services", encode_cursor(START, "bkg_1")),
        ("services", f"{services}x"),
        ("services", services[::-1]),
        ("services", "x" * 1_025),
    ]
    for kind, cursor in foreign:
        answer = await client.get(f"/v1/search/{kind}", params={**at, "cursor": cursor})
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == ["cursor"]


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("/v1/search/services", {"address": "x" * 10_000}, "address"),
        ("/v1/search/services", {"provider_name": "x" * 10_000}, "provider_name"),
        ("/v1/search/services", {"category": "x" * 10_000}, "category"),
        ("/v1/search/services", {"lat[$gt]": "0"}, "lat[$gt]"),
        ("/v1/search/services", {"lat": "$where"}, "lat"),
        ("/v1/search/services", {"min_price": "1e9"}, "min_price"),
        ("/v1/search/services", {"min_price": "NaN"}, "min_price"),
        ("/v1/search/suggest", {"q": "x" * 10_000}, "q"),
        ("/v1/search/suggest", {"q": "a", "lat": 91, "lng": 0}, "lat"),
        ("/v1/search/suggest", {"q": "a", "lat": 9}, "lng"),
        ("/v1/search/popular-categories", {"lat": -91, "lng": 0}, "lat"),
        ("/v1/search/popular-categories", {"lat": 0, "lng": "inf"}, "lng"),
        ("/v1/geo/reverse", {"lat": 91, "lng": 0}, "lat"),
        ("/v1/geo/reverse", {"lat": "nan", "lng": 0}, "lat"),
        ("/v1/geo/geocode", {"q": "x" * 10_000}, "q"),
    ],
)
async def test_other_questions_name_their_field_too(
    client: httpx.AsyncClient, path: str, query: dict[str, Any], field: str
) -> None:
    answer = await client.get(path, params=query)
    assert answer.status_code == 422, answer.text
    assert field in [error["field"] for error in answer.json()["errors"]]
