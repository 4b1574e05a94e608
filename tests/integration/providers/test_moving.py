"""A provider that moves is found where it is now, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from common.domain.payments.platform import Platform

from tests.factories.providers import make_service
from tests.fakes.geocoder import AwayGeocoder
from tests.integration.providers.conftest import SignedIn, store_owner
from tests.support import api_client

if TYPE_CHECKING:
    import httpx
    from common.runtime.container.bootstrap import Container

AUCKLAND = {"lat": -36.8440, "lng": 174.7670}
WELLINGTON = {"lat": -41.2890, "lng": 174.7770}


async def found_at(container: Container, owner: SignedIn, point: dict[str, float]) -> list[str]:
    """What of the provider is found around a point, as services and as itself."""
    found: list[str] = []
    async with api_client("search", container) as client:
        for kind in ("services", "providers"):
            for sort in ("distance", "rating"):
                answer = await client.get(f"/v1/search/{kind}", params={**point, "sort": sort, "radius_km": 20})
                items: list[dict[str, Any]] = answer.json()["items"]
                ids = {item.get("provider", item)["id"] for item in items}
                found += [f"{kind} by {sort}"] * (owner.provider.id in ids)
    return found


EVERYWAY = ["services by distance", "services by rating", "providers by distance", "providers by rating"]


async def test_a_new_address_moves_the_provider_and_its_services_at_once(
    client: httpx.AsyncClient, container: Container, owner: SignedIn
) -> None:
    await container.services.insert(make_service(owner.provider))
    assert await found_at(container, owner, AUCKLAND) == EVERYWAY
    moved = await client.patch(
        "/v1/providers/me", json={"address": "Lambton Quay, Wellington", "version": 1}, headers=owner.headers
    )
    assert moved.status_code == 200, moved.text
    address = moved.json()["address"]
    assert (address["text"], address["is_located"]) == ("Lambton Quay, Wellington", True)
    assert abs(address["lat"] - WELLINGTON["lat"]) < 0.1
    assert moved.json()["timezone"] == "Pacific/Auckland"
    assert await found_at(container, owner, WELLINGTON) == EVERYWAY
    assert await found_at(container, owner, AUCKLAND) == []


async def test_the_zone_follows_while_there_are_no_hours(client: httpx.AsyncClient, container: Container) -> None:
    container.replace(platform=Platform("AU"))
    new = await store_owner(container, availability=None)
    settled = await store_owner(container)
    for owner, zone in ((new, "Australia/Perth"), (settled, "Pacific/Auckland")):
        moved = await client.patch("/v1/providers/me", json={"address": "Perth, WA"}, headers=owner.headers)
        assert moved.status_code == 200, moved.text
        assert moved.json()["timezone"] == zone


async def test_a_move_to_where_nobody_can_be_paid_is_refused(
    client: httpx.AsyncClient, container: Container, owner: SignedIn
) -> None:
    await container.services.insert(make_service(owner.provider))
    refused = await client.patch("/v1/providers/me", json={"address": "Perth, WA"}, headers=owner.headers)
    assert refused.status_code == 422
    assert [(each["field"], each["code"]) for each in refused.json()["errors"]] == [
        ("address", "country_not_supported")
    ]
    assert await found_at(container, owner, AUCKLAND) == EVERYWAY


async def test_an_address_that_is_nowhere_is_refused_and_nothing_moves(
    client: httpx.AsyncClient, container: Container, owner: SignedIn
) -> None:
    await container.services.insert(make_service(owner.provider))
    for address in ("Nowhere at all 99999", "x", "x" * 301, None):
        refused = await client.patch("/v1/providers/me", json={"address": address}, headers=owner.headers)
        assert refused.status_code == 422
        assert [error["field"] for error in refused.json()["errors"]] == ["address"]
    stale = await client.patch(
        "/v1/providers/me", json={"address": "Lambton Quay, Wellington", "version": 7}, headers=owner.headers
    )
    assert stale.status_code == 412
    assert await found_at(container, owner, AUCKLAND) == EVERYWAY


async def test_while_the_geocoder_is_unavailable_a_move_waits_and_other_changes_do_not(
    client: httpx.AsyncClient, container: Container, owner: SignedIn
) -> None:
    container.replace(geocoder=AwayGeocoder())
    away = await client.patch("/v1/providers/me", json={"address": "Lambton Quay"}, headers=owner.headers)
    assert away.status_code == 503
    named = await client.patch("/v1/providers/me", json={"trading_name": "Still here"}, headers=owner.headers)
    assert named.json()["trading_name"] == "Still here"
