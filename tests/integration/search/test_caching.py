"""What a process remembers of public reads, for whom, and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from common.domain.identity.roles import Role
from common.runtime.response_cache import ResponseCache

from tests.factories.users import make_user
from tests.fakes.clock import START
from tests.integration.search.conftest import store_provider, store_service
from tests.support import api_client, make_container, sign_in
from tests.support.containers import make_settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx
    from common.domain.catalogue.providers import Provider
    from common.domain.catalogue.services import Service
    from common.runtime.container.bootstrap import Container

HERE: dict[str, Any] = {"lat": -30.0, "lng": 110.0, "facets": "false"}


class Watch:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
async def container(mongodb_uri: str, migrated_database: str, watch: Watch) -> AsyncIterator[Container]:
    """A container that remembers as a deployed one does."""
    settings = make_settings(mongodb_uri, migrated_database, PUBLIC_CACHE_ENTRIES="256")
    made = make_container(
        mongodb_uri, migrated_database, settings=settings, response_cache=ResponseCache(256, clock=watch)
    )
    for name in ("providers", "services", "service_listings", "provider_listings", "users", "sessions"):
        await made.mongo.collection(name).delete_many({})
    yield made
    await made.close()


@pytest.fixture
async def offer(container: Container) -> tuple[Provider, Service, dict[str, str]]:
    """A listed service, and its provider's sign-in."""
    provider = await store_provider(container, HERE["lat"], HERE["lng"])
    service = await store_service(container, provider, title="Old title")
    user = make_user(id=provider.user_id, roles=[Role.USER, Role.PROVIDER], provider_id=provider.id)
    return provider, service, await sign_in(container, user)


async def titles(client: httpx.AsyncClient, headers: dict[str, str] | None = None, **query: Any) -> list[str]:
    answer = await client.get("/v1/search/services", params={**HERE, **query}, headers=headers)
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json()["items"]]


async def test_others_may_see_an_old_answer_for_its_lifetime_and_the_author_sees_the_new_one(
    container: Container, watch: Watch, offer: tuple[Provider, Service, dict[str, str]]
) -> None:
    _, service, author = offer
    async with api_client("search", container) as search, api_client("providers", container) as providers:
        url = f"/v1/services/{service.id}"
        assert await titles(search) == ["Old title"]
        assert (await providers.get(url)).json()["title"] == "Old title"
        # Another process takes the edit, so that this one hears nothing of it.
        await container.services.update(service.id, {"title": "New title"}, now=START)
        assert await titles(search, author) == ["New title"]
        assert (await providers.get(url, headers=author)).json()["title"] == "New title"
        assert await titles(search) == ["Old title"]
        assert (await providers.get(url)).json()["title"] == "Old title"
        watch.now += 15
        assert await titles(search) == ["New title"]
        assert (await providers.get(url)).json()["title"] == "Old title"
        watch.now += 15
        assert (await providers.get(url)).json()["title"] == "New title"


async def test_an_edit_clears_the_memory_of_the_process_that_took_it(
    container: Container, offer: tuple[Provider, Service, dict[str, str]]
) -> None:
    provider, service, author = offer
    async with api_client("providers", container) as client:
        for url, change, field in (
            (f"/v1/services/{service.id}", f"/v1/services/{service.id}", "title"),
            (f"/v1/providers/{provider.id}", "/v1/providers/me", "trading_name"),
        ):
            await client.get(url)
            changed = await client.patch(change, json={field: "Seen by all at once"}, headers=author)
            assert changed.status_code == 200, changed.text
            assert (await client.get(url)).json()[field] == "Seen by all at once"


async def test_an_answer_from_memory_tells_its_age_and_has_the_same_tag(
    container: Container, watch: Watch, offer: tuple[Provider, Service, dict[str, str]]
) -> None:
    _, _, author = offer
    async with api_client("search", container) as client:
        first = await client.get("/v1/search/services", params=HERE)
        watch.now += 9.5
        again = await client.get("/v1/search/services", params=HERE)
        assert "age" not in first.headers
        assert (again.headers["age"], again.headers["etag"], again.content) == (
            "9", first.headers["etag"], first.content,
        )  # fmt: skip
        assert again.headers["cache-control"] == "public, max-age=15, stale-while-revalidate=15"
        assert again.headers["x-request-id"] != first.headers["x-request-id"]
        known: dict[str, str] = {"If-None-Match": f'W/"other", {first.headers["etag"]}'}
        for headers in (known, {**known, **author}):
            unchanged = await client.get("/v1/search/services", params=HERE, headers=headers)
            assert (unchanged.status_code, unchanged.content) == (304, b"")
            assert unchanged.headers["etag"] == first.headers["etag"]


async def test_what_depends_on_free_time_or_went_wrong_is_not_remembered(
    container: Container, offer: tuple[Provider, Service, dict[str, str]]
) -> None:
    _, service, _ = offer
    window: dict[str, Any] = {"available_from": "2030-03-05T00:00:00Z", "available_to": "2030-03-06T00:00:00Z"}
    async with api_client("search", container) as search, api_client("providers", container) as providers:
        assert await titles(search, sort="soonest") == await titles(search, **window) == ["Old title"]
        slots = f"/v1/services/{service.id}/slots"
        assert (await providers.get(slots)).json()["is_bookable"] is True
        assert (await providers.get("/v1/services/svc_unknown")).status_code == 404
        await container.services.update(service.id, {"status": "paused"}, now=START)
        assert await titles(search, sort="soonest") == await titles(search, **window) == []
        assert (await providers.get(slots)).status_code == 404
        assert (await search.get("/v1/search/services", params={"lat": 91, "lng": 0})).status_code == 422


@pytest.mark.parametrize(
    ("area", "path", "seconds"),
    [
        ("search", "/v1/search/services?lat=-30&lng=110", 15),
        ("search", "/v1/search/providers?lat=-30&lng=110", 15),
        ("search", "/v1/search/suggest?q=clean", 60),
        ("search", "/v1/search/popular-categories?lat=-30&lng=110", 300),
        ("providers", "/v1/categories", 3600),
        ("providers", "/v1/categories/garden", 3600),
        ("providers", "/v1/services/{service}", 30),
        ("providers", "/v1/services/{service}/slots", 5),
        ("providers", "/v1/services/{service}/ratings", 60),
        ("providers", "/v1/providers/{provider}", 60),
        ("providers", "/v1/providers/{provider}/ratings", 60),
    ],
)
async def test_every_public_read_states_its_lifetime_and_answers_304(
    container: Container, offer: tuple[Provider, Service, dict[str, str]], area: str, path: str, seconds: int
) -> None:
    provider, service, author = offer
    url = path.format(service=service.id, provider=provider.id)
    async with api_client(area, container) as client:
        first = await client.get(url)
        assert first.headers["cache-control"] == f"public, max-age={seconds}, stale-while-revalidate={seconds}"
        assert "Authorization" in first.headers["vary"]
        again = await client.get(url, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        other = await client.get(url, headers={"If-None-Match": '"another"'})
        assert (other.status_code, other.json()) == (200, first.json())
        own = await client.get(url, headers=author)
        assert own.headers["cache-control"] == "private, no-cache"
