"""Uploading straight to the bucket: what is signed, what is refused, what becomes of it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from common.adapters.aws.media_bucket import BucketOptions, S3MediaBucket
from common.application.media.processing import process_media
from common.application.media.uploads import Announced, Uploader, request_upload
from common.domain.media.drafts import draft_owner
from common.domain.media.media import MediaState, Purpose
from common.domain.shared.errors import RateLimited, Unavailable

from infra.local import ports
from infra.local.ministack import server as ministack
from tests.factories import photos
from tests.factories.users import make_user
from tests.integration.media.conftest import URL, MediaWorld, checksum
from tests.support import sign_in

if TYPE_CHECKING:
    from tests.fakes.clock import FakeClock

PHOTO = photos.photo()
#: The same tests for a bucket at S3 and one at R2.
BOTH = pytest.mark.parametrize("signs_checksum", [True, False], ids=["S3", "R2"])


@BOTH
async def test_a_photo_is_uploaded_checked_and_read(world: MediaWorld) -> None:
    upload = await world.announce(PHOTO, file_name="garden.jpg")
    assert upload["method"] == "PUT"
    assert (await world.complete(upload["id"])).json()["code"] == "not_uploaded"
    assert (await world.put(upload, PHOTO)).status_code == 200
    completed = (await world.complete(upload["id"])).json()
    assert (completed["id"], completed["state"]) == (upload["id"], "uploaded")
    await world.work()
    media = (await world.get(upload["id"])).json()
    assert (media["state"], media["width"], media["height"]) == ("ready", 640, 480)
    assert (media["file_name"], media["upload"], media["staff"]) == ("garden.jpg", None, None)
    for file in media["files"]:
        answer = await world.outside.get(file["url"])
        assert (answer.status_code, answer.headers["content-type"]) == (200, file["content_type"])
        assert b"Aroha" not in answer.content
        assert answer.headers["cache-control"] == "private, max-age=86400, immutable"
        assert (await world.outside.get(file["url"].partition("?")[0])).status_code == 403, "nobody reads it unsigned"
    assert len(world.keys()) == 3, "the original is gone"
    assert (await world.complete(upload["id"])).json()["state"] == "ready", "completing again changes nothing"
    assert world.publisher.events == []


async def test_what_everybody_sees_is_in_caches_for_a_day_at_most(world: MediaWorld) -> None:
    media = (await world.get(await world.ready("service_image"))).json()
    answer = await world.outside.get(media["files"][0]["url"])
    assert answer.headers["cache-control"] == "public, max-age=86400, immutable"


@BOTH
async def test_two_workers_at_once_leave_the_files_of_a_ready_photo(world: MediaWorld) -> None:
    media_id = await world.completed(PHOTO)
    deps = world.container.media_processing
    await asyncio.gather(*(process_media(deps, media_id) for _ in range(2)))
    media = (await world.get(media_id)).json()
    assert media["state"] == "ready"
    assert [(await world.outside.get(file["url"])).status_code for file in media["files"]] == [200, 200, 200]
    assert len(world.keys()) == 3, "the original is gone"


@pytest.mark.parametrize(
    ("data", "changed"),
    [
        (PHOTO + b"x", {}),
        (PHOTO[:-1], {}),
        (PHOTO, {"Content-Type": "text/html"}),
        (PHOTO, {"If-None-Match": None}),
        (PHOTO, {"x-amz-checksum-sha256": None}),
        (PHOTO[:-1] + b"x", {}),
        (PHOTO[:-1] + b"x", {"x-amz-checksum-sha256": checksum(PHOTO[:-1] + b"x")}),
    ],
    ids=["longer", "shorter", "type", "no condition", "no checksum", "other bytes", "other bytes and their checksum"],
)
async def test_a_request_that_breaks_what_is_signed_stores_nothing(
    world: MediaWorld, data: bytes, changed: dict[str, Any]
) -> None:
    upload = await world.announce(PHOTO)
    assert (await world.put(upload, data, **changed)).status_code in {400, 403}
    assert world.keys() == []


@BOTH
async def test_an_address_uploads_once_and_to_its_own_key(world: MediaWorld) -> None:
    upload = await world.announce(PHOTO)
    answers = await asyncio.gather(*(world.put(upload, PHOTO) for _ in range(2)))
    assert sorted(each.status_code for each in answers) == [200, 412]
    elsewhere = {**upload, "url": upload["url"].replace("incoming/", "private/")}
    assert (await world.put(elsewhere, PHOTO)).status_code == 403
    assert (await world.outside.get(upload["url"])).status_code == 403, "it is none for reading"
    assert len(world.keys()) == 1


@BOTH
async def test_an_address_that_ended_is_signed_again_for_the_same_id(world: MediaWorld, clock: FakeClock) -> None:
    old = S3MediaBucket(world.container.media_bucket._options, lambda: datetime.now(UTC) - timedelta(days=1))  # type: ignore[attr-defined]
    new = world.container.media_bucket
    world.container.media.__dict__["bucket"] = old
    key = {"Idempotency-Key": "announce-1"}
    first = await world.client.post(f"{URL}/uploads", json=world.announced(PHOTO), headers={**world.headers, **key})
    upload = first.json()
    assert (await world.put(upload, PHOTO)).status_code == 403
    world.container.media.__dict__["bucket"] = new
    read = (await world.get(upload["id"])).json()["upload"]
    again = await world.client.post(f"{URL}/uploads", json=world.announced(PHOTO), headers={**world.headers, **key})
    assert again.headers["Idempotent-Replayed"] == "true"
    assert read["id"] == again.json()["id"] == upload["id"]
    assert again.json()["expires_at"] > upload["expires_at"]
    assert (await world.put(again.json(), PHOTO)).status_code == 200
    clock.advance(hours=2)
    ended = await world.client.post(f"{URL}/uploads", json=world.announced(PHOTO), headers={**world.headers, **key})
    assert ended.json()["code"] == "upload_ended"
    assert (await world.get(upload["id"])).json()["upload"] is None


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"purpose": "passport"}, "purpose"),
        ({"content_type": "image/gif"}, "content_type"),
        ({"content_type": "image/svg+xml"}, "content_type"),
        ({"size": 15_000_001}, "size"),
        ({"size": 0}, "size"),
        ({"sha256": "abc"}, "sha256"),
        ({"file_name": "x" * 256}, "file_name"),
        ({"key": "private/x"}, "key"),
    ],
)
async def test_an_announcement_that_is_wrong_names_its_field(
    world: MediaWorld, fields: dict[str, Any], field: str
) -> None:
    answer = await world.client.post(f"{URL}/uploads", json=world.announced(PHOTO, **fields), headers=world.headers)
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    ("data", "content_type", "reason"),
    [
        (b"<html><script>alert(1)</script></html>", "image/jpeg", "not_an_image"),
        (photos.bomb(), "image/png", "too_many_pixels"),
        (PHOTO[:5000], "image/jpeg", "damaged"),
    ],
)
async def test_what_is_no_photo_is_rejected_with_its_reason(
    world: MediaWorld, data: bytes, content_type: str, reason: str
) -> None:
    media = await world.uploaded(data, content_type=content_type)
    assert (media["state"], media["rejection"]["reason"], media["files"]) == ("rejected", reason, [])
    assert media["rejection"]["message"]
    assert world.keys() == []


@pytest.mark.parametrize("signs_checksum", [False])
async def test_where_the_provider_checks_no_bytes_the_worker_does(world: MediaWorld) -> None:
    upload = await world.announce(PHOTO)
    assert "x-amz-checksum-sha256" not in upload["headers"]
    assert (await world.put(upload, PHOTO + b"x")).status_code == 403
    assert (await world.put(upload, PHOTO[:-1] + b"x")).status_code == 200
    await world.complete(upload["id"])
    await world.work()
    assert (await world.get(upload["id"])).json()["rejection"]["reason"] == "wrong_checksum"
    assert (await world.uploaded(PHOTO))["state"] == "ready"


async def test_limits_are_told_with_their_numbers(world: MediaWorld, clock: FakeClock) -> None:
    large = world.announced(PHOTO, size=15_000_000)

    async def announce() -> httpx.Response:
        return await world.client.post(f"{URL}/uploads", json=large, headers=world.headers)

    answers = [await announce() for _ in range(14)]
    assert [each.status_code for each in answers] == [201] * 13 + [429]
    assert "200 MB" in answers[-1].json()["detail"]
    clock.advance(hours=25)
    large["size"] = 1
    answers = [await announce() for _ in range(21)]
    assert [each.status_code for each in answers] == [201] * 20 + [429]
    assert "20 uploads" in answers[-1].json()["detail"]
    assert int(answers[-1].headers["Retry-After"]) > 0


async def test_of_two_that_would_fill_the_day_one_is_refused(world: MediaWorld) -> None:
    for _ in range(12):
        await world.announce(PHOTO, size=15_000_000)
    large = world.announced(PHOTO, size=11_000_000)
    both = [world.client.post(f"{URL}/uploads", json=large, headers=world.headers) for _ in range(2)]
    assert sorted(each.status_code for each in await asyncio.gather(*both)) == [201, 429]


async def test_a_drafts_uploads_have_limits_of_their_own(world: MediaWorld) -> None:
    draft, file = Uploader.of_draft("the draft's token"), Announced(Purpose.REPORT, "image/jpeg", 100, "0" * 64)
    for _ in range(5):
        media, _ = await request_upload(world.container.media, draft, file)
        assert media.owner_id == draft_owner("the draft's token")
    with pytest.raises(RateLimited, match="5 uploads in 60 minutes"):
        await request_upload(world.container.media, draft, file)


async def test_while_the_bucket_is_away_the_photo_waits(world: MediaWorld) -> None:
    upload = await world.announce(PHOTO)
    await world.put(upload, PHOTO)
    there = world.container.media_bucket
    away = S3MediaBucket(BucketOptions("photos", f"http://127.0.0.1:{ports.free_port()}", ministack.REGION))
    world.container.media.__dict__["bucket"] = away
    answer = await world.complete(upload["id"])
    assert (answer.status_code, answer.json()["code"]) == (503, "media_unavailable")
    world.container.media.__dict__["bucket"] = there
    await world.complete(upload["id"])
    world.container.media_processing.__dict__["bucket"] = away
    for _ in range(4):  # more often than a photo may end its worker
        with pytest.raises(Unavailable):
            await process_media(world.container.media_processing, upload["id"])
    assert (await world.get(upload["id"])).json()["state"] == "processing"
    world.container.media_processing.__dict__["bucket"] = there
    await process_media(world.container.media_processing, upload["id"])
    assert (await world.get(upload["id"])).json()["state"] == "ready"


async def test_a_photo_that_ends_its_worker_each_time_fails_before_its_message_is_dead(world: MediaWorld) -> None:
    media_id = await world.completed(PHOTO)
    rows = world.container.media_repository
    for _ in range(3):  # a worker that takes it and is ended
        now = world.container.clock.now()
        assert await rows.begin_processing(media_id, now=now, until=now) is not None
    await world.work()
    assert (await world.get(media_id)).json()["state"] == "failed"
    assert world.keys() == []


async def test_photos_are_listed_by_purpose_and_nobody_elses(world: MediaWorld, clock: FakeClock) -> None:
    ids = []
    for purpose in ("message", "report", "message"):
        ids.append((await world.announce(PHOTO, purpose=purpose))["id"])
        clock.advance(seconds=1)
    other = await sign_in(world.container, make_user())
    page = (await world.client.get(URL, params={"limit": 2}, headers=world.headers)).json()
    assert [each["id"] for each in page["items"]] == ids[:0:-1]
    rest = (await world.client.get(URL, params={"cursor": page["next_cursor"]}, headers=world.headers)).json()
    assert [each["id"] for each in rest["items"]] == ids[:1]
    reports = (await world.client.get(URL, params={"purpose": "report"}, headers=world.headers)).json()
    assert [each["id"] for each in reports["items"]] == ids[1:2]
    assert (await world.client.get(URL, headers=other)).json()["items"] == []
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/complete")):
        answer = await world.client.request(method, f"{URL}/{ids[0]}{path}", headers=other)
        assert answer.status_code == 404


async def test_what_looks_the_same_is_noted_for_staff(world: MediaWorld) -> None:
    first = await world.ready("dispute_evidence", seed=7)
    again = photos.encode(photos.scene(7).resize((320, 240)), quality=30)
    same = await world.uploaded(again, purpose="message")
    copied = await world.ready("message", seed=7)
    rows = world.container.media_repository
    near, copy = await rows.get(same["id"]), await rows.get(copied)
    assert near is not None
    assert copy is not None
    assert [(each.media_id, each.is_same_file) for each in near.alike] == [(first, False)]
    assert {each.media_id: each.is_same_file for each in copy.alike} == {first: True, same["id"]: False}
    kept = await rows.get(first)
    assert kept is not None
    assert kept.captured is not None
    assert (kept.captured.lat, copy.captured) == (photos.LAT, None), "the place is kept of evidence alone"
    assert kept.state is MediaState.READY


async def test_without_an_account_photos_belong_to_whoever_has_the_drafts_token(world: MediaWorld) -> None:
    file = world.announced(PHOTO)
    del file["purpose"]
    path = f"{URL}/drafts/uploads"
    first = (await world.client.post(path, json=file)).json()
    token = {"X-Draft-Token": first["draft_token"]}
    second = (await world.client.post(path, json={**file, "draft_token": first["draft_token"]})).json()
    assert second["draft_token"] == first["draft_token"]

    assert (await world.put(first, PHOTO)).status_code == 200
    one = f"{path}/{first['id']}"
    assert (await world.client.post(f"{one}/complete", headers={"X-Draft-Token": "another"})).status_code == 404
    assert (await world.client.post(f"{one}/complete", headers=token)).status_code == 200
    await world.work()

    seen = (await world.client.get(one, headers=token)).json()
    assert (seen["state"], seen["purpose"], seen["is_attached"]) == ("ready", "report", False)
    assert (await world.get(first["id"])).status_code == 404, "nobody's with an account"
    stored = await world.container.mongo.collection("media").find_one({"_id": first["id"]})
    assert first["draft_token"] not in str(stored)


async def test_a_lost_answer_of_a_draft_comes_again_with_a_token_that_works(world: MediaWorld) -> None:
    file = world.announced(PHOTO)
    del file["purpose"]
    key = {"Idempotency-Key": "a-draft-once"}
    first = (await world.client.post(f"{URL}/drafts/uploads", json=file, headers=key)).json()

    again = (await world.client.post(f"{URL}/drafts/uploads", json=file, headers=key)).json()

    assert again["id"] == first["id"]
    one = f"{URL}/drafts/uploads/{first['id']}"
    assert (await world.client.get(one, headers={"X-Draft-Token": again["draft_token"]})).status_code == 200
    kept = await world.container.mongo.collection("idempotency_keys").find({}).to_list()
    assert again["draft_token"] not in str(kept)


async def test_uploads_of_a_network_address_are_bounded(world: MediaWorld) -> None:
    for _ in range(20):
        await world.client.post(f"{URL}/drafts/uploads", json={})

    refused = await world.client.post(f"{URL}/drafts/uploads", json={})

    assert (refused.status_code, refused.headers["ratelimit-limit"]) == (429, "20")
