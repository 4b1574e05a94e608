"""Names and questions of every script are found, and what has nothing usable in it never finds everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.search.conftest import search, store_provider, store_service

if TYPE_CHECKING:
    import httpx
    from common.runtime.container.bootstrap import Container

NAMES = {
    "北京按摩": ["北京", "按摩", "京按摩", "京", "北京按摩"],
    "Иван Ремонт": ["Иван", "иван ремонт", "Ivan"],
    "مؤسسة النور": ["النور"],
    "ช่างไฟฟ้า": ["ไฟฟ้า", "ช่าง"],
    "さくら美容室": ["さくら", "美容室"],
    "서울 청소": ["서울", "청소"],
    "🌸 Bloom": ["🌸", "bloom"],
    "Bjørn Łukasz Straße": ["Bjorn", "bjørn", "Lukasz", "strasse", "Straße"],
    "ʻOhana Kōwhai": ["'ohana", "‘ohana", "’Ohana", "ohana", "`ohana", "kowhai"],
    "On It": ["On It", "it", "on"],
    "The Buses and Shelves": ["bus", "shelf", "buses", "shelves"],
}
NOTHING_USABLE = ["!!!", "...", "\u200b", "\ufe0f\u202e", "   ", "—", "'", "$%&"]


@pytest.mark.parametrize("kind", ["services", "providers"])
@pytest.mark.parametrize("name", NAMES)
async def test_a_name_is_found_as_people_write_it(
    client: httpx.AsyncClient, container: Container, name: str, kind: str
) -> None:
    provider = await store_provider(container, -36.9, 174.8, trading_name=name)
    await store_service(container, provider, title="Work")
    other = await store_provider(container, -36.9, 174.8, trading_name="Somebody Else 東")
    await store_service(container, other, title="Work")
    for asked in NAMES[name]:
        by_name = (await search(client, kind, provider_name=asked))["items"]
        found = [(item.get("provider") or item)["trading_name"] for item in by_name]
        assert set(found) == {name}, asked
        by_words = (await search(client, kind, q=asked))["items"]
        assert name in [(item.get("provider") or item)["trading_name"] for item in by_words], asked


@pytest.mark.parametrize("asked", NOTHING_USABLE)
async def test_nothing_usable_finds_nothing(client: httpx.AsyncClient, container: Container, asked: str) -> None:
    provider = await store_provider(container, -36.9, 174.8)
    await store_service(container, provider)
    for kind in ("services", "providers"):
        for parameter in ("q", "provider_name"):
            response = await client.get(f"/v1/search/{kind}", params={parameter: asked})
            assert response.status_code in {200, 422}
            assert response.status_code == 422 or response.json()["items"] == []
    response = await client.get("/v1/search/suggest", params={"q": asked})
    assert response.status_code in {200, 422}
    assert response.status_code == 422 or not any(response.json().values())


async def test_titles_are_found_by_stop_words_only_where_nothing_else_is_asked(
    client: httpx.AsyncClient, container: Container
) -> None:
    provider = await store_provider(container, -36.9, 174.8)
    await store_service(container, provider, title="IT support at home")
    await store_service(container, provider, title="Garden care")
    found = [item["title"] for item in (await search(client, q="IT"))["items"]]
    assert "IT support at home" in found
    assert "Garden care" not in found
    assert [item["title"] for item in (await search(client, q="the garden for me"))["items"]] == ["Garden care"]
