"""Photographs as evidence: a party's own, ready, for this purpose, attached with the decision or not at all."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from common.application.media.read import delete_media, see_media
from common.domain.bookings.booking import Booking, BookingStatus
from common.domain.identity.roles import Principal, Role
from common.domain.media.media import MediaState, Purpose
from common.domain.shared.errors import Conflict, InvalidInput, NotFound

from tests.factories.media import make_media
from tests.factories.users import make_user
from tests.support import api_client, sign_in

if TYPE_CHECKING:
    from tests.support.booking_world import BookingWorld


async def _disputed(world: BookingWorld) -> Booking:
    booking = await world.completed()
    return await world.act(booking, "open_dispute", world.customer, {"reason": "Half of it stands."})


async def test_evidence_is_seen_by_both_parties_and_operators_and_nobody_else(world: BookingWorld) -> None:
    booking, photo = await _disputed(world), await world.photo(world.customer)
    await world.act(booking, "add_evidence", world.customer, {"text": "Look.", "media_ids": [photo]})
    media = await world.container.media_repository.get(photo)
    assert media is not None
    assert media.attached_to == f"booking:{booking.id}"
    seen = {"customer": 200, "provider": 200, "operator": 200, "stranger": 404}
    people = [world.customer, world.provider_user, world.operators[0], make_user()]
    async with api_client("media", world.container) as client:
        for (who, status), user in zip(seen.items(), people, strict=True):
            headers = await sign_in(world.container, user)
            answer = await client.get(f"/v1/media/{photo}", headers=headers)
            assert answer.status_code == status, who
            if status == 200:
                assert len(answer.json()["files"]) == 3
                assert (answer.json()["staff"] is not None) is (who == "operator")
            assert (await client.delete(f"/v1/media/{photo}", headers=headers)).status_code in {404, 409}


async def test_an_operator_who_is_a_party_sees_what_parties_see(world: BookingWorld) -> None:
    booking, photo = await _disputed(world), await world.photo(world.customer)
    await world.act(booking, "add_evidence", world.customer, {"text": "Look.", "media_ids": [photo]})
    party = Principal(user_id=world.provider_user.id, session_id="ses_1", roles=frozenset({Role.OPERATOR}))
    _, is_staff = await see_media(world.container.media, party, photo)
    assert not is_staff


async def test_only_ones_own_ready_photo_of_this_purpose_is_taken_and_nothing_is_half_written(
    world: BookingWorld,
) -> None:
    booking, rows = await _disputed(world), world.container.media_repository
    good = await world.photo(world.customer)
    used = await world.photo(world.customer)
    await rows.attach(
        [used],
        owner_id=world.customer.id,
        purpose=Purpose.DISPUTE_EVIDENCE,
        target="booking:bkg_x",
        now=world.clock.now(),
        field="x",
    )
    await rows.insert(make_media(id=f"{good}p", owner_id=world.customer.id, state=MediaState.PROCESSING))
    faults = {
        "med_none": "unknown_media",
        await world.photo(world.provider_user): "unknown_media",
        await world.photo(world.customer, Purpose.MESSAGE): "wrong_purpose",
        used: "media_in_use",
        f"{good}p": "media_not_ready",
    }
    for bad, code in faults.items():
        with pytest.raises(InvalidInput) as refused:
            await world.act(booking, "add_evidence", world.customer, {"text": "Look.", "media_ids": [good, bad]})
        assert [(each.field, each.code) for each in refused.value.errors] == [("media_ids.1", code)]
    stored = await world.get(booking)
    assert stored.version == booking.version
    assert stored.dispute is not None
    assert stored.dispute.evidence == []
    media = await rows.get(good)
    assert media is not None
    assert media.attached_to is None


async def test_of_two_bookings_that_show_one_photo_one_is_refused(world: BookingWorld) -> None:
    photo = await world.photo(world.customer)
    bookings = [await _disputed(world), await _disputed(world)]
    shown = {"text": "Look.", "media_ids": [photo]}
    results = await asyncio.gather(
        *(world.act(each, "add_evidence", world.customer, shown) for each in bookings), return_exceptions=True
    )
    assert sorted(isinstance(each, InvalidInput) for each in results) == [False, True]
    again = await world.act(bookings[isinstance(results[0], InvalidInput)], "add_evidence", world.customer, shown)
    assert again.status is BookingStatus.DISPUTED, "the same booking may show it twice"


async def test_a_photo_that_is_deleted_meanwhile_is_shown_or_gone_but_not_both(world: BookingWorld) -> None:
    booking = await _disputed(world)
    for _ in range(3):
        photo = await world.photo(world.customer)
        shown = {"text": "Look.", "media_ids": [photo]}
        acted, deleted = await asyncio.gather(
            world.act(booking, "add_evidence", world.customer, shown),
            delete_media(world.container.media, world.customer.id, photo),
            return_exceptions=True,
        )
        assert isinstance(acted, InvalidInput) is not isinstance(deleted, Conflict | NotFound)
