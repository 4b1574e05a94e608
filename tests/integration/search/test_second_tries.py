"""A search whose words together find nothing is tried more loosely, and says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.search.conftest import search, search_all, store_provider, store_service

if TYPE_CHECKING:
    import httpx
    from common.runtime.container.bootstrap import Container

WELLINGTON, AUCKLAND = (-41.29, 174.78), (-36.85, 174.76)


@pytest.fixture
async def plumbers(container: Container) -> None:
    """One plumber in each of two towns, and a second service of the first."""
    for collection in ("services", "providers", "service_listings", "provider_listings"):
        await container.mongo.collection(collection).delete_many({})
    for name, place in (("Harbour Works", WELLINGTON), ("Volcano Works", AUCKLAND)):
        provider = await store_provider(container, *place, trading_name=name)
        await store_service(container, provider, title="Burst pipes fixed", category="plumbing")
        await store_service(container, provider, title="Taps fixed", category="plumbing")


@pytest.mark.usefixtures("plumbers")
@pytest.mark.parametrize("text", ["plumber Wellington", "plumber in Wellington NZ", "Plumbers, Wellington!"])
async def test_words_that_name_a_place_are_taken_for_it(client: httpx.AsyncClient, text: str) -> None:
    body = await search(client, q=text, limit=1)
    assert [item["provider"]["trading_name"] for item in body["items"]] == ["Harbour Works"]
    assert body["items"][0]["distance_m"] < 5_000
    assert body["interpretation"]["is_loosened"]
    assert body["interpretation"]["place"]["name"] == "Wellington, New Zealand"
    assert body["interpretation"]["ignored_words"] == []
    assert sum(row["count"] for row in body["facets"]["categories"]) == 2
    assert len(await search_all(client, q=text, limit=1)) == 2


@pytest.mark.usefixtures("plumbers")
async def test_a_word_that_nothing_has_is_left_out_and_named(client: httpx.AsyncClient) -> None:
    for kind in ("services", "providers"):
        body = await search(client, kind, q="plumber xyzzyq")
        assert body["items"]
        assert body["interpretation"] == {"place": None, "ignored_words": ["xyzzyq"], "is_loosened": True}


@pytest.mark.usefixtures("plumbers")
async def test_words_that_are_found_together_stay_together(client: httpx.AsyncClient) -> None:
    body = await search(client, q="burst pipes")
    assert [item["title"] for item in body["items"]] == ["Burst pipes fixed"] * 2
    assert body["interpretation"] is None


@pytest.mark.usefixtures("plumbers")
async def test_nothing_known_finds_nothing_and_a_name_is_never_loosened(client: httpx.AsyncClient) -> None:
    assert (await search(client, q="xyzzyq qqxz"))["items"] == []
    assert (await search(client, q="plumber", provider_name="xyzzyq"))["items"] == []


@pytest.mark.usefixtures("plumbers")
async def test_a_search_by_address_says_which_place_it_took(client: httpx.AsyncClient) -> None:
    body = await search(client, address="Wellington")
    assert {item["provider"]["trading_name"] for item in body["items"]} == {"Harbour Works"}
    place = body["interpretation"]["place"]
    assert (place["name"], body["interpretation"]["is_loosened"]) == ("Wellington, New Zealand", False)
    assert place["confidence"] >= 0.5
    assert place["uncertainty_m"] > 0
    for guess in ("Newtown", "Hamilton NSW"):
        refused = await client.get("/v1/search/services", params={"address": guess})
        assert refused.json()["errors"][0]["code"] == "unknown_address"
