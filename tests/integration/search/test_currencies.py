"""Amounts of different currencies are never compared, in filters, orders, bands and over pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from common.domain.shared.money import Money

from tests.integration.search.conftest import search, search_all, store_provider, store_service

if TYPE_CHECKING:
    import httpx
    from common.runtime.container.bootstrap import Container

KILOMETRE = 0.009


async def offer(container: Container, at: tuple[float, float], prices: list[Money | None]) -> None:
    """A provider with a service at each price."""
    provider = await store_provider(container, *at)
    for price in prices:
        kind = "fixed" if price else "quote"
        await store_service(container, provider, price=price, price_type=kind)


def nzd(amount: int) -> Money:
    return Money(amount=amount, currency="nzd")


def aud(amount: int) -> Money:
    return Money(amount=amount, currency="aud")


def prices_of(items: list[dict[str, Any]], field: str = "total_price") -> list[tuple[str, int]]:
    return [(item[field]["currency"], item[field]["amount"]) for item in items]


async def test_prices_near_a_border_compare_in_the_nearest_listings_currency(
    client: httpx.AsyncClient, container: Container
) -> None:
    """Dollars of two kinds within one radius; by default those around the point count."""
    here: dict[str, Any] = {"lat": -20.0, "lng": 100.0, "radius_km": 50}
    await offer(container, (-20.0, 100.0), [nzd(9_000), nzd(7_000), None])
    await offer(container, (-20.0 + 10 * KILOMETRE, 100.0), [aud(8_000), aud(6_000)])

    body = await search(client, sort="price", **here)
    assert body["currency"] == "nzd"
    assert prices_of(body["items"]) == [("nzd", 7_000), ("nzd", 9_000)]
    there = {**here, "lat": -20.0 + 10 * KILOMETRE}
    assert prices_of((await search(client, sort="price", **there))["items"]) == [("aud", 6_000), ("aud", 8_000)]
    asked = await search(client, sort="price", currency="aud", **here)
    assert prices_of(asked["items"]) == [("aud", 6_000), ("aud", 8_000)]

    for sort in ("distance", "relevance", "rating", "price", "soonest"):
        body = await search(client, max_price=8_000, sort=sort, **here)
        assert prices_of(body["items"]) == [("nzd", 7_000)]
        body = await search(client, max_price=8_000, currency="aud", sort=sort, **here)
        assert sorted(prices_of(body["items"])) == [("aud", 6_000), ("aud", 8_000)]
        assert len((await search(client, sort=sort, q="clean", currency="aud", **here))["items"]) == 2
    assert (await search(client, max_price=8_000, currency="usd", **here))["items"] == []
    whole = await search(client, **here)
    assert (len(whole["items"]), whole["currency"]) == (5, None)


async def test_price_bands_count_one_currency(client: httpx.AsyncClient, container: Container) -> None:
    here: dict[str, Any] = {"lat": -21.0, "lng": 100.0}
    await offer(container, (-21.0, 100.0), [nzd(4_000), nzd(6_000)])
    await offer(container, (-21.0 + KILOMETRE, 100.0), [aud(4_000), aud(4_100), aud(4_200)])
    for query, currency, counts in (({}, "nzd", [1, 1]), ({"currency": "aud"}, "aud", [3, 0])):
        facets = (await search(client, **here, **query))["facets"]
        assert facets["currency"] == currency
        assert [row["count"] for row in facets["prices"]][:2] == counts
        assert facets["prices"][0] == {"min": 0, "max": 5_000, "count": counts[0]}


async def test_all_pages_compare_in_the_first_ones_currency(client: httpx.AsyncClient, container: Container) -> None:
    here: dict[str, Any] = {"lat": -22.0, "lng": 100.0, "sort": "price"}
    await offer(container, (-22.0 + KILOMETRE, 100.0), [aud(amount) for amount in range(5_000, 5_700, 100)])
    first = await search(client, limit=3, **here)
    await offer(container, (-22.0, 100.0), [nzd(5_250)])
    container.search.currencies.rows.clear()  # another instance would not remember
    second = await search(client, limit=10, cursor=first["next_cursor"], **here)
    amounts = prices_of(first["items"] + second["items"])
    assert amounts == [("aud", amount) for amount in range(5_000, 5_700, 100)]
    assert second["currency"] == "aud"
    assert prices_of((await search(client, **here))["items"]) == [("nzd", 5_250)]


async def test_without_a_point_a_rare_currency_is_found_among_the_usual_ones(
    client: httpx.AsyncClient, container: Container
) -> None:
    await offer(container, (-23.0, 100.0), [Money(amount=90_000, currency="chf"), Money(amount=80_000, currency="chf")])
    found = await search_all(client, sort="price", currency="chf", limit=1)
    assert prices_of(found) == [("chf", 80_000), ("chf", 90_000)]
    found = await search_all(client, sort="rating", currency="chf", max_price=85_000)
    assert prices_of(found) == [("chf", 80_000)]
    providers = await search_all(client, "providers", sort="price", currency="chf")
    assert prices_of(providers, "price_from") == [("chf", 80_000)]


async def test_where_nothing_has_a_price_nothing_is_compared(client: httpx.AsyncClient, container: Container) -> None:
    await offer(container, (-24.0, 60.0), [None])
    body = await search(client, lat=-24.0, lng=60.0, sort="price")
    assert (body["items"], body["currency"]) == ([], "nzd")


@pytest.mark.parametrize("code", ["NZD", "nz", "dollars", "$ne", ""])
async def test_what_is_no_currency_is_refused(client: httpx.AsyncClient, code: str) -> None:
    answer = await client.get("/v1/search/services", params={"currency": code})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["currency"]
