"""Searching by where it can be done: visits within the provider's radius, places to go to, and online from anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.search.conftest import search, search_all, store_provider, store_service

if TYPE_CHECKING:
    import httpx
    from common.runtime.container.bootstrap import Container

HERE: dict[str, Any] = {"lat": -46.0, "lng": 168.0}
FAR: dict[str, Any] = {"lat": -46.0, "lng": 168.5}
WORD = "Ukulele"


@pytest.fixture
async def offered(container: Container) -> dict[str, str]:
    """Five services that alone have a word, and what their ids stand for: four of here, and one in a city far away."""
    await container.mongo.collection("service_listings").delete_many({"title": {"$regex": f"^{WORD}"}})
    near = await store_provider(container, HERE["lat"], HERE["lng"], service_radius_km=10.0)
    away = await store_provider(container, -36.0, 174.0)
    kinds = {
        "visit": (near, ["customer"]),
        "salon": (near, ["provider"]),
        "either": (near, ["customer", "provider"]),
        "online": (near, ["online"]),
        "online far away": (away, ["online"]),
    }
    return {
        (await store_service(container, owner, title=f"{WORD} {name}", place_kinds=places)).id: name
        for name, (owner, places) in kinds.items()
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"visit", "salon", "either", "online", "online far away"}),
        ({**HERE, "radius_km": 50}, {"visit", "salon", "either"}),
        ({**FAR, "radius_km": 50}, {"salon", "either"}),
        ({**FAR, "radius_km": 10}, set()),
        ({**HERE, "place_kind": "customer"}, {"visit", "either"}),
        ({**FAR, "radius_km": 50, "place_kind": "customer"}, set()),
        ({**FAR, "radius_km": 50, "place_kind": "provider"}, {"salon", "either"}),
        ({"place_kind": "provider"}, {"salon", "either"}),
        ({"place_kind": "online"}, {"online", "online far away"}),
        ({**HERE, "radius_km": 5, "place_kind": "online"}, {"online", "online far away"}),
    ],
)
@pytest.mark.parametrize(
    "more", [{"q": WORD}, {"q": WORD, "sort": "price"}, {"category": "house-cleaning", "sort": "rating"}]
)
async def test_where_it_can_be_done_decides_whom_a_point_finds(
    client: httpx.AsyncClient, offered: dict[str, str], query: dict[str, Any], found: set[str], more: dict[str, str]
) -> None:
    items = await search_all(client, limit=2, **query, **more)
    assert {offered[item["id"]] for item in items if item["id"] in offered} == found


async def test_answers_say_where_it_can_be_done_and_how_often(
    client: httpx.AsyncClient, offered: dict[str, str]
) -> None:
    body = await search(client, q=WORD, place_kind="online", **HERE)
    assert [(item["place_kinds"], item["distance_m"]) for item in body["items"]] == [(["online"], None)] * 2
    everything = await search(client, q=WORD)
    assert {each["place_kind"]: each["count"] for each in everything["facets"]["place_kinds"]} == {
        "customer": 2,
        "provider": 2,
        "online": 2,
    }
    of_one = next(item for item in everything["items"] if offered[item["id"]] == "either")
    assert of_one["place_kinds"] == ["customer", "provider"]


async def test_a_provider_is_found_by_what_is_done_where(client: httpx.AsyncClient, container: Container) -> None:
    both = await store_provider(container, -47.0, 167.0)
    await store_service(container, both, category="house-cleaning", place_kinds=["customer"])
    await store_service(container, both, category="hedge-trimming", place_kinds=["online"])
    for query, found in (
        ({"category": "house-cleaning", "place_kind": "customer", "lat": -47.0, "lng": 167.0}, True),
        ({"category": "hedge-trimming", "place_kind": "customer", "lat": -47.0, "lng": 167.0}, False),
        ({"category": "hedge-trimming", "place_kind": "online"}, True),
        ({"category": "house-cleaning", "place_kind": "online"}, False),
    ):
        items = await search_all(client, "providers", limit=100, **query)
        assert any(item["id"] == both.id for item in items) is found
        assert all(item["place_kinds"] == ["customer", "online"] for item in items if item["id"] == both.id)


async def test_there_is_no_distance_online(client: httpx.AsyncClient) -> None:
    for wrong in ({"place_kind": "online", "sort": "distance", **HERE}, {"place_kind": "moon"}):
        answer = await client.get("/v1/search/services", params=wrong)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] in {"sort", "place_kind"}
