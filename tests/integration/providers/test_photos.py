"""Photographs of services and of profiles: the provider's own, shown to everybody, kept while they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from common.application.catalogue import services
from common.application.catalogue.profile import update_profile
from common.domain.media.media import Purpose
from common.domain.shared.ids import new_id

from tests.factories.media import make_ready
from tests.fakes.media_bucket import BASE_URL
from tests.integration.providers.conftest import SignedIn, store_owner
from tests.integration.providers.test_services import BODY, make

if TYPE_CHECKING:
    import httpx
    from common.runtime.container.bootstrap import Container


async def _photo(container: Container, owner: SignedIn, purpose: Purpose = Purpose.SERVICE_IMAGE) -> str:
    photo = make_ready(id=new_id("med", container.clock.now()), owner_id=owner.provider.user_id, purpose=purpose)
    await container.media_repository.insert(photo)
    return photo.id


async def _attached(container: Container, media_id: str) -> str | None:
    media = await container.media_repository.get(media_id)
    assert media is not None
    return media.attached_to


async def test_a_service_shows_its_photos_in_order_and_lets_them_go(
    client: httpx.AsyncClient, owner: SignedIn, container: Container
) -> None:
    first, second, third = [await _photo(container, owner) for _ in range(3)]
    made = await make(client, owner, media_ids=[first, second], images=["https://img.test/own.jpg"])
    path, target = f"/v1/services/{made['id']}", f"service:{made['id']}"
    seen = (await client.get(path)).json()
    assert seen["images"] == ["https://img.test/own.jpg"], "what was given elsewhere stays as it is"
    assert [each["media_id"] for each in seen["photos"]] == [first, second]
    assert seen["photos"][0]["placeholder"] == "#a0b0c0"
    assert [each["name"] for each in seen["photos"][0]["files"]] == ["full", "medium", "small"]
    assert seen["photos"][0]["files"][0]["src"] == f"{BASE_URL}/public/abc/full.jpg"

    renamed = await client.patch(path, json={"title": "Another name"}, headers=owner.headers)
    assert [each["media_id"] for each in renamed.json()["photos"]] == [first, second]
    changed = await client.patch(path, json={"media_ids": [third, first], "images": []}, headers=owner.headers)
    assert [each["media_id"] for each in changed.json()["photos"]] == [third, first]
    assert [await _attached(container, each) for each in (first, second, third)] == [target, None, target]
    listing = await container.mongo.collection("service_listings").find_one({"_id": made["id"]})
    assert listing is not None
    assert listing["image"] == "public/abc/medium.webp"

    assert (await client.delete(path, headers=owner.headers)).status_code == 204
    assert [await _attached(container, each) for each in (first, third)] == [None, None]


async def test_what_cannot_be_shown_is_refused_by_its_place_and_nothing_is_written(
    client: httpx.AsyncClient, owner: SignedIn, container: Container
) -> None:
    other = await store_owner(container)
    good, used = await _photo(container, owner), await _photo(container, owner)
    service = await make(client, owner, media_ids=[used])
    faults = {
        "med_none": "unknown_media",
        await _photo(container, other): "unknown_media",
        await _photo(container, owner, Purpose.MESSAGE): "wrong_purpose",
        used: "media_in_use",
    }
    for bad, code in faults.items():
        body: dict[str, Any] = {**BODY, "media_ids": [good, bad]}
        answer = await client.post("/v1/services", json=body, headers=owner.headers)
        assert answer.status_code == 422
        assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [("media_ids.1", code)]
    assert await _attached(container, good) is None
    mine = (await client.get("/v1/providers/me/services", headers=owner.headers)).json()["items"]
    assert [each["id"] for each in mine] == [service["id"]]
    many = await client.post(
        "/v1/services", json={**BODY, "media_ids": [str(n) for n in range(11)]}, headers=owner.headers
    )
    assert many.status_code == 422


async def test_a_profile_has_a_picture_until_it_is_replaced(
    client: httpx.AsyncClient, owner: SignedIn, container: Container
) -> None:
    first, second = [await _photo(container, owner, Purpose.PROFILE_PICTURE) for _ in range(2)]
    target = f"provider:{owner.provider.id}"
    for picture, attached in ((first, [target, None]), (second, [None, target]), (None, [None, None])):
        answer = await client.patch("/v1/providers/me", json={"picture_media_id": picture}, headers=owner.headers)
        assert answer.status_code == 200, answer.text
        seen = (await client.get(f"/v1/providers/{owner.provider.id}")).json()["picture"]
        assert (seen and seen["media_id"]) == picture
        assert [await _attached(container, each) for each in (first, second)] == attached
    wrong = await client.patch(
        "/v1/providers/me", json={"picture_media_id": await _photo(container, owner)}, headers=owner.headers
    )
    assert [(each["field"], each["code"]) for each in wrong.json()["errors"]] == [
        ("picture_media_id.0", "wrong_purpose")
    ]


async def test_whoever_changed_the_picture_meanwhile_the_one_that_is_shown_is_kept_alone(
    owner: SignedIn, container: Container
) -> None:
    before, *both = [await _photo(container, owner, Purpose.PROFILE_PICTURE) for _ in range(3)]
    profile, target = container.catalogue, f"provider:{owner.provider.id}"
    stale = await update_profile(profile, owner.provider, {"picture_media_id": before}, expected=None)
    for picture in (both[0], both[1], before, both[0]):
        await update_profile(profile, stale, {"picture_media_id": picture}, expected=None)
        assert [each for each in (before, *both) if await _attached(container, each) == target] == [picture]


async def test_a_service_that_is_deleted_while_photos_are_added_keeps_none(
    client: httpx.AsyncClient, owner: SignedIn, container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo, made = await _photo(container, owner), await make(client, owner)
    path, read = f"/v1/services/{made['id']}", services.own_service

    async def read_before_another_writes(*given: Any) -> Any:
        found = await read(*given)
        monkeypatch.setattr(services, "own_service", read)
        changed = await client.patch(path, json={"media_ids": [photo]}, headers=owner.headers)
        assert changed.status_code == 200
        return found

    monkeypatch.setattr(services, "own_service", read_before_another_writes)
    assert (await client.delete(path, headers=owner.headers)).status_code == 204
    assert await _attached(container, photo) is None
