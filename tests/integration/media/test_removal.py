"""What becomes of photographs that nobody uses any more: not one object stays in the bucket."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.adapters.aws.media_bucket import BucketOptions, S3MediaBucket
from common.application.identity.erasure import ACCOUNT_DELETED, erase_person
from common.application.media.sweep import sweep_media
from common.application.shared.sweeping import UnreadableRowError
from common.domain.media.media import MediaState, Purpose
from common.domain.shared.events import Topic, new_event

from infra.local import ports
from infra.local.ministack import server as ministack
from tests.factories import photos
from tests.fakes.payment_gateway import FakePaymentGateway
from tests.integration.media.conftest import URL, MediaWorld

if TYPE_CHECKING:
    from common.domain.media.media import Media

    from tests.fakes.clock import FakeClock

PHOTO = photos.photo()


async def _sweep(world: MediaWorld) -> dict[str, int]:
    return await sweep_media(world.container.media_sweep, has_time=lambda: True)


async def _row(world: MediaWorld, media_id: str) -> Media | None:
    return await world.container.media_repository.get(media_id)


async def _attach(world: MediaWorld, media_id: str, target: str = "message:msg_1") -> None:
    row = await _row(world, media_id)
    assert row is not None
    await world.container.media_repository.attach(
        [media_id], owner_id=row.owner_id, purpose=row.purpose, target=target, now=row.updated_at, field="media_ids"
    )


async def test_deleting_removes_every_object(world: MediaWorld, clock: FakeClock) -> None:
    media_id = await world.ready("message")
    assert (await world.client.delete(f"{URL}/{media_id}", headers=world.headers)).status_code == 204
    assert world.keys() == []
    assert (await world.get(media_id)).status_code == 404
    assert (await world.client.delete(f"{URL}/{media_id}", headers=world.headers)).status_code == 404
    row = await _row(world, media_id)
    assert row is not None
    assert row.state is MediaState.DELETED
    clock.advance(hours=2)
    await _sweep(world)
    assert await _row(world, media_id) is not None, "it is remembered while it counts against the day's quota"
    assert await world.container.media_repository.sum_bytes_since(world.user.id, row.created_at) == row.size
    clock.advance(hours=22)
    await _sweep(world)
    assert await _row(world, media_id) is None


async def test_what_is_in_use_stays_until_it_is_let_go(world: MediaWorld, clock: FakeClock) -> None:
    media_id = await world.ready("message")
    await _attach(world, media_id)
    refused = await world.client.delete(f"{URL}/{media_id}", headers=world.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "media_in_use")
    clock.advance(hours=25)
    await _sweep(world)
    clock.advance(days=30)
    assert (await _sweep(world))["MediaSwept"] == 0
    assert len(world.keys()) == 3
    await world.container.media_repository.detach([media_id], target="message:msg_1", now=clock.now())
    clock.advance(hours=23)
    assert (await _sweep(world))["MediaSwept"] == 0
    clock.advance(hours=2)
    await _sweep(world)
    assert world.keys() == []
    assert await _row(world, media_id) is None


async def test_what_nobody_attached_is_gone_after_a_day_and_what_was_refused_too(
    world: MediaWorld, clock: FakeClock
) -> None:
    await world.ready("message")
    await world.uploaded(b"<html>")
    clock.advance(hours=25)
    await _sweep(world)
    assert world.keys() == []
    assert (await world.client.get(URL, headers=world.headers)).json()["items"] == []


async def test_the_sweep_completes_what_was_uploaded_and_forgets_what_was_not(
    world: MediaWorld, clock: FakeClock
) -> None:
    there, missing = await world.announce(PHOTO), await world.announce(PHOTO)
    await world.put(there, PHOTO)
    clock.advance(minutes=61)
    await _sweep(world)
    await world.work()
    assert (await world.get(there["id"])).json()["state"] == "ready"
    assert (await world.get(missing["id"])).status_code == 404


async def test_a_row_that_cannot_be_read_holds_up_no_other_and_is_told(world: MediaWorld, clock: FakeClock) -> None:
    """Also where a release before this one has taken it, whose leases looked otherwise."""
    await world.uploaded(PHOTO)
    clock.advance(hours=25)
    poison = {"_id": "med_poison", "next_due_at": clock.now() - timedelta(days=2), "lease": "a token"}
    await world.container.mongo.collection("media").insert_one(poison)
    with pytest.raises(UnreadableRowError, match="med_poison"):
        await _sweep(world)
    assert world.keys() == []


async def test_a_photo_whose_message_was_lost_is_asked_for_again(world: MediaWorld, clock: FakeClock) -> None:
    media_id = await world.completed(PHOTO)
    world.publisher.events.clear()
    clock.advance(minutes=11)
    await _sweep(world)
    await world.work()
    assert (await world.get(media_id)).json()["state"] == "ready"


async def test_one_that_is_given_up_while_it_is_processed_leaves_nothing(world: MediaWorld) -> None:
    media_id = await world.completed(PHOTO)
    imaging = world.container.imaging
    process = imaging.process

    async def give_up(*given: Any, **named: Any) -> Any:
        await world.client.delete(f"{URL}/{media_id}", headers=world.headers)
        return await process(*given, **named)

    imaging.process = give_up  # type: ignore[method-assign]
    await world.work()
    assert world.keys() == []


async def test_while_the_bucket_is_away_deleting_is_done_and_the_objects_go_later(
    world: MediaWorld, clock: FakeClock
) -> None:
    media_id = await world.ready("message")
    there = world.container.media_bucket
    away = S3MediaBucket(BucketOptions("photos", f"http://127.0.0.1:{ports.free_port()}", ministack.REGION))
    for deps in (world.container.media, world.container.media_sweep):
        deps.__dict__["bucket"] = away
    assert (await world.client.delete(f"{URL}/{media_id}", headers=world.headers)).status_code == 204
    clock.advance(hours=2)
    assert (await _sweep(world))["MediaRemoved"] == 0
    world.container.media_sweep.__dict__["bucket"] = there
    clock.advance(minutes=6)
    await _sweep(world)
    assert world.keys() == []
    clock.advance(hours=22)
    await _sweep(world)
    assert await _row(world, media_id) is None


async def test_an_erased_persons_photos_are_gone_and_others_stay(world: MediaWorld, clock: FakeClock) -> None:
    world.container.replace(gateway=FakePaymentGateway(now=clock.now()))
    mine = await world.ready("dispute_evidence")
    await _attach(world, mine, "booking:bkg_1")
    await world.ready("message", seed=2)
    payload = {"user_id": world.user.id, "provider_id": None, "stripe_customer_id": None}
    await erase_person(world.container.erasure, new_event(Topic.PAYMENTS, ACCOUNT_DELETED, clock.now(), **payload))
    row = await _row(world, mine)
    assert row is not None
    assert (row.state, row.captured, row.attached_to, row.file_name) == (MediaState.DELETED, None, None, "")
    clock.advance(hours=2)
    await _sweep(world)
    assert world.keys() == []
    assert await world.container.media_repository.list_by_owner(
        world.user.id, purpose=Purpose.MESSAGE, limit=9, before=None
    ) == []  # fmt: skip


async def test_an_export_has_photos_without_where_they_lie(world: MediaWorld) -> None:
    media_id = await world.ready("dispute_evidence")
    page = await world.container.account_deletion.exports.collect(world.user.id, None, most_bytes=1_000_000)
    exported = {row["id"]: row for row in page.sections["media"]}[media_id]
    assert exported["captured"]["lat"] == photos.LAT
    assert not {"key", "renditions", "dhash", "alike", "point"} & set(exported)
