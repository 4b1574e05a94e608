"""What is found, in which order, and what is refused; one marketplace for the module, far places for single tests."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.application.search.facet_folding import fold_facets
from common.domain.catalogue.providers import RatingSummary
from common.domain.shared.money import Money

from tests.fakes.clock import START
from tests.integration.search.conftest import search, search_all, store_provider, store_service

if TYPE_CHECKING:
    import httpx
    from common.runtime.container.bootstrap import Container

AUCKLAND: dict[str, Any] = {"lat": -36.85, "lng": 174.76}
ONE_KM_NORTH = 0.009


async def cleaners(container: Container, lat: float, lng: float, number: int) -> list[str]:
    """Store cleaners a kilometre apart going north, with falling prices; returns the services' ids by distance."""
    ids = []
    for step in range(number):
        provider = await store_provider(container, lat + step * ONE_KM_NORTH, lng, trading_name=f"Sparkle {step}")
        price = Money(amount=20_000 - step * 1_000, currency="nzd")
        rating = RatingSummary(count=step * 10, total=step * 10 * 5)
        service = await store_service(container, provider, price=price, rating=rating)
        ids.append(service.id)
    return ids


async def test_nearest_first_with_distance_in_metres(client: httpx.AsyncClient, container: Container) -> None:
    ids = await cleaners(container, -40.0, 170.0, 4)
    body = await search(client, lat=-40.0, lng=170.0, sort="distance", category="cleaning")
    assert [item["id"] for item in body["items"]] == ids
    assert [round(item["distance_m"] / 1000) for item in body["items"]] == [0, 1, 2, 3]
    assert body["next_cursor"] is None


@pytest.mark.parametrize("sort", ["distance", "price", "rating", "relevance", "soonest"])
async def test_every_order_pages_through_everything_once(
    client: httpx.AsyncClient, container: Container, sort: str
) -> None:
    at = {"distance": 160.0, "price": 161.0, "rating": 162.0, "relevance": 163.0, "soonest": 164.0}[sort]
    ids = await cleaners(container, -42.0, at, 7)
    for query in ({"category": "house-cleaning"}, {"q": "cleaner"}):
        items = await search_all(client, lat=-42.0, lng=at, sort=sort, limit=2, **query)
        assert sorted(item["id"] for item in items) == sorted(ids)
        if sort in {"price", "rating"}:
            assert [item["id"] for item in items] == ids[::-1]
        if sort == "distance":
            assert [item["id"] for item in items] == ids


async def test_pages_stay_stable_while_listings_are_added(client: httpx.AsyncClient, container: Container) -> None:
    for sort, at in (("relevance", 150.0), ("distance", 151.0), ("price", 152.0)):
        ids = await cleaners(container, -42.0, at, 6)
        first = await search(client, lat=-42.0, lng=at, sort=sort, limit=3)
        newcomer = await store_provider(container, -42.0, at)
        await store_service(container, newcomer, price=Money(amount=100, currency="nzd"))
        second = await search(client, lat=-42.0, lng=at, sort=sort, limit=10, cursor=first["next_cursor"])
        seen = [item["id"] for item in first["items"] + second["items"]]
        assert len(seen) == len(set(seen))
        assert set(ids) <= set(seen)


async def test_ties_of_one_address_are_paged_whole(client: httpx.AsyncClient, container: Container) -> None:
    provider = await store_provider(container, -43.0, 155.0)
    ids = [(await store_service(container, provider)).id for _ in range(40)]
    items = await search_all(client, lat=-43.0, lng=155.0, sort="distance", limit=3)
    assert [item["id"] for item in items] == sorted(ids)


async def test_a_provider_who_does_not_come_that_far_is_not_found(
    client: httpx.AsyncClient, container: Container
) -> None:
    for reach in (2.0, 30.0):
        provider = await store_provider(container, -44.0, 158.0, service_radius_km=reach)
        await store_service(container, provider, title=f"Comes {reach} km")
    for sort in ("distance", "rating", "price", "relevance"):
        body = await search(client, lat=-44.0 + 5 * ONE_KM_NORTH, lng=158.0, radius_km=50, sort=sort)
        assert [item["title"] for item in body["items"]] == ["Comes 30.0 km"]


@pytest.mark.parametrize(
    ("text", "finds"),
    [
        ("plumber", True),
        ("plumbers", True),
        ("plumbing", True),
        ("plum", True),
        ("plumbr", True),
        ("plubmer", True),
        ("leak tap", True),
        ("blocked drain", True),
        ("drain specialists", True),
        ("kereru", True),
        ("Kererū's", True),
        ("electrician", False),
        ("zzzzqqqq", False),
        ("???", False),
        ("水管工", False),
    ],
)
async def test_words_are_understood(client: httpx.AsyncClient, container: Container, text: str, *, finds: bool) -> None:
    at: dict[str, Any] = {"lat": -45.0, "lng": 150.0}
    if not (await search(client, **at))["items"]:
        provider = await store_provider(container, -45.0, 150.0, trading_name="Kererū Drain Specialists")
        await store_service(
            container, provider, title="Burst pipes fixed", category="plumbing", description="Day and night"
        )
    for place in (at, {}):
        titles = [item["title"] for item in (await search(client, q=text, **place))["items"]]
        assert ("Burst pipes fixed" in titles) == finds


async def test_filters_narrow_and_facets_count(client: httpx.AsyncClient, container: Container) -> None:
    at: dict[str, Any] = {"lat": -46.0, "lng": 151.0}
    await cleaners(container, -46.0, 151.0, 4)
    provider = await store_provider(container, -46.0, 151.0, trading_name="Green Thumb")
    await store_service(container, provider, title="Mow lawns", category="lawn-mowing", price_type="quote", price=None)
    everything = await search(client, **at)
    assert len(everything["items"]) == 5
    assert everything["facets"]["is_complete"] is True
    assert {row["slug"]: row["count"] for row in everything["facets"]["categories"]} == {
        "house-cleaning": 4,
        "lawn-mowing": 1,
    }
    assert sum(row["count"] for row in everything["facets"]["prices"]) == 4
    assert len((await search(client, category="garden", **at))["items"]) == 1
    assert len((await search(client, max_price=18_000, **at))["items"]) == 2
    assert len((await search(client, min_price=18_000, max_price=19_000, **at))["items"]) == 2
    assert len((await search(client, min_rating=4.5, **at))["items"]) == 3
    assert len((await search(client, provider_name="green", **at))["items"]) == 1
    assert len((await search(client, provider_name="green", q="clean", **at))["items"]) == 0
    assert [row["category"] for row in (await search(client, q="mow", category="garden", **at))["items"]] == [
        "lawn-mowing"
    ]
    assert (await search(client, q="mow", category="cleaning", **at))["items"] == []


async def test_free_between_asks_for_a_real_slot(client: httpx.AsyncClient, container: Container) -> None:
    at: dict[str, Any] = {"lat": -47.0, "lng": 152.0}
    await cleaners(container, -47.0, 152.0, 2)
    nine = START + timedelta(hours=20)  # Tuesday 09:00 in Auckland
    window = {"available_from": nine.isoformat(), "available_to": (nine + timedelta(minutes=1)).isoformat()}
    night = nine + timedelta(hours=12)
    closed = {"available_from": night.isoformat(), "available_to": (night + timedelta(hours=3)).isoformat()}
    free = (await search(client, **window, **at))["items"]
    assert [item["next_slot_at"] for item in free] == ["2030-03-04T20:00:00Z"] * 2
    assert (await search(client, **closed, **at))["items"] == []


async def test_providers_are_found_like_services(client: httpx.AsyncClient, container: Container) -> None:
    at: dict[str, Any] = {"lat": -48.0, "lng": 153.0}
    provider = await store_provider(container, -48.0, 153.0, trading_name="Tūī Gardens")
    await store_service(container, provider, title="Hedges", category="hedge-trimming")
    await store_service(
        container, provider, title="Lawns", category="lawn-mowing", price=Money(amount=4_000, currency="nzd")
    )
    for query in ({}, {"q": "tui"}, {"category": "garden"}, {"q": "tui", "category": "lawn-mowing"}):
        items = (await search(client, "providers", **query, **at))["items"]
        assert [item["id"] for item in items] == [provider.id]
        assert items[0]["categories"] == ["lawn-mowing", "hedge-trimming"] or set(items[0]["categories"]) == {
            "lawn-mowing",
            "hedge-trimming",
        }
        assert items[0]["price_from"] == {"amount": 4_000, "currency": "nzd"}


async def test_edits_show_at_once(client: httpx.AsyncClient, container: Container) -> None:
    at: dict[str, Any] = {"lat": -49.0, "lng": 154.0}
    provider = await store_provider(container, -49.0, 154.0)
    service = await store_service(container, provider)
    now = container.clock.now()

    async def titles() -> list[str]:
        return [item["title"] for item in (await search(client, **at))["items"]]

    await container.services.update(service.id, {"title": "Sparkling rooms"}, now=now)
    assert await titles() == ["Sparkling rooms"]
    await container.providers.update(provider.id, {"is_listed": False}, now=now)
    assert await titles() == []
    await container.providers.update(provider.id, {"is_listed": True}, now=now)
    assert await titles() == ["Sparkling rooms"]
    await container.services.update(service.id, {"status": "paused"}, now=now)
    assert await titles() == []


async def test_suggestions_forgive_typing_errors(client: httpx.AsyncClient, container: Container) -> None:
    provider = await store_provider(container, -50.0, 155.0, trading_name="Wharf Upholstery")
    await store_service(container, provider, title="Sofa reupholstered", category="sewing-alterations")
    for text in ("uphol", "upholstrey"):
        body = (await client.get("/v1/search/suggest", params={"q": text})).json()
        assert [row["trading_name"] for row in body["providers"]] == ["Wharf Upholstery"]
    body = (await client.get("/v1/search/suggest", params={"q": "electrcian"})).json()
    assert "electrical" in [row["slug"] for row in body["categories"]]


async def test_popular_categories_follow_offers(client: httpx.AsyncClient, container: Container) -> None:
    provider = await store_provider(container, -56.0, 120.0)
    for category in ("towing", "towing", "tyres"):
        await store_service(container, provider, category=category)
    await fold_facets(container.facet_changes, container.clock, has_time=lambda: True)
    near = (await client.get("/v1/search/popular-categories", params={"lat": -56.0, "lng": 120.0})).json()["items"]
    assert [(row["slug"], row["active_services"]) for row in near] == [("towing", 2), ("tyres", 1)]
    assert (await client.get("/v1/search/popular-categories")).json()["items"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"lat": 91, "lng": 0}, "lat"),
        ({"lat": 0, "lng": 181}, "lng"),
        ({"lat": "nan", "lng": 0}, "lat"),
        ({"lat": 1}, "lng"),
        ({**AUCKLAND, "radius_km": -1}, "radius_km"),
        ({**AUCKLAND, "radius_km": 10_000}, "radius_km"),
        ({"radius_km": 10}, "radius_km"),
        ({"min_price": 5, "max_price": 4}, "min_price"),
        ({"min_price": -5}, "min_price"),
        ({"min_rating": 6}, "min_rating"),
        ({"category": "no-such-thing"}, "category"),
        ({"category": "$ne"}, "category"),
        ({"q": "x" * 10_000}, "q"),
        ({"q": ""}, "q"),
        ({"sort": "distance"}, "sort"),
        ({"sort": "random"}, "sort"),
        ({"cursor": "AAAA"}, "cursor"),
        ({"available_from": "2030-03-04T20:00:00Z"}, "available_to"),
        ({"available_from": "2030-03-04T20:00:00Z", "available_to": "2030-03-04T19:00:00Z"}, "available_from"),
        ({"available_from": "2030-03-04T20:00:00", "available_to": "2030-03-04T21:00:00Z"}, "available_from"),
        ({"limit": 101}, "limit"),
        ({"q[$ne]": "x"}, "q[$ne]"),
    ],
)
async def test_bad_questions_name_the_field(client: httpx.AsyncClient, query: dict[str, Any], field: str) -> None:
    for kind in ("services", "providers"):
        response = await client.get(f"/v1/search/{kind}", params=query)
        assert response.status_code == 422, response.text
        assert field in [error["field"] for error in response.json()["errors"]]


@pytest.mark.parametrize("text", ["^.*$", "{$gt: ''}", "a|b", "(((", "\\", "$where", "\x00", "' OR 1=1", "*?+"])
async def test_operators_in_text_are_only_text(client: httpx.AsyncClient, text: str) -> None:
    for path in ("services", "providers", "suggest"):
        assert (await client.get(f"/v1/search/{path}", params={"q": text})).status_code == 200


async def test_cursors_of_other_searches_and_changed_ones_are_refused(
    client: httpx.AsyncClient, container: Container
) -> None:
    await cleaners(container, -52.0, 157.0, 3)
    at: dict[str, Any] = {"lat": -52.0, "lng": 157.0}
    cursor = (await search(client, limit=1, **at))["next_cursor"]
    for query in ({"cursor": cursor, "sort": "price", **at}, {"cursor": cursor[:-3] + "AAA", **at}):
        response = await client.get("/v1/search/services", params=query)
        assert response.status_code == 422
        assert [error["field"] for error in response.json()["errors"]] == ["cursor"]
