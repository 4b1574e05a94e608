"""Simultaneous writers on the real database: exactly one wins, and nothing of a loser is left."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import combinations
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from common.adapters.mongo.bookings.repository import MongoBookings
from common.adapters.mongo.scheduling.own_time import MongoBlocks
from common.domain.bookings.booking import Actor, ActorKind, Booking, BookingChange, BookingStatus, HistoryEntry
from common.domain.scheduling.own_time import Block
from common.domain.scheduling.slot_cells import SlotClaim, claim_ids
from common.domain.shared.errors import Conflict, GigstaError, SlotUnavailable, VersionConflict
from common.domain.shared.events import Topic, new_event
from common.domain.shared.ids import new_id

from tests.factories.bookings import NOW, make_booking, make_claims, make_creation, make_slot, make_update
from tests.support.watched import Commands, WatchedMongo

if TYPE_CHECKING:
    from common.adapters.mongo.shared.database import Mongo

ROOMS = ("res_a", "res_b", "res_c", "res_d")
COLLECTIONS = ("bookings", "booking_history", "slot_claims", "outbox")


@pytest.fixture(params=[["prv_provider"], ["prv_provider", "res_a"]], ids=["one resource", "two resources"])
def resource_ids(request: pytest.FixtureRequest) -> list[str]:
    """What every booking of a test takes the time of."""
    taken: list[str] = request.param
    return taken


async def outcome(bookings: MongoBookings, change: BookingChange) -> type[GigstaError] | None:
    try:
        await bookings.commit(change)
    except GigstaError as error:
        return type(error)
    return None


def booking_of(resource_ids: list[str], **fields: Any) -> Booking:
    return make_booking(**fields, resource_ids=resource_ids)


def recorded(change: BookingChange) -> BookingChange:
    """The same change with an audit row and an event."""
    booking = change.booking
    row = HistoryEntry(
        id=new_id("hst", booking.updated_at),
        booking_id=booking.id,
        version=booking.version,
        action="create",
        actor=Actor(kind=ActorKind.CUSTOMER, id=booking.customer_id),
        from_status=None,
        to_status=booking.status,
        note="",
        at=booking.updated_at,
    )
    event = new_event(Topic.NOTIFICATIONS, "booking.requested", booking.updated_at, booking_id=booking.id)
    return change.model_copy(update={"history": [row], "events": [event]})


async def counts(mongo: Mongo) -> dict[str, int]:
    """Documents of each collection; claims of one booking's resources count once."""
    sizes = {name: await mongo.collection(name).count_documents({}) for name in COLLECTIONS}
    claims = [SlotClaim(id=row["_id"], **row) async for row in mongo.collection("slot_claims").find()]
    return {**sizes, "slot_claims": len({(claim.booking_id, claim.start_at) for claim in claims})}


async def taken(mongo: Mongo) -> dict[str, set[str]]:
    """The resources that each booking has claims of."""
    found: dict[str, set[str]] = {}
    async for row in mongo.collection("slot_claims").find():
        found.setdefault(row["booking_id"], set()).add(row["resource_id"])
    return found


async def test_of_two_hundred_overlapping_bookings_one_wins(
    mongo: Mongo, bookings: MongoBookings, resource_ids: list[str]
) -> None:
    offsets = [(-55, -30, 0, 30, 55)[index % 5] for index in range(200)]
    changes = [
        recorded(
            make_creation(
                booking_of(resource_ids, slot=make_slot(NOW + timedelta(days=2, minutes=offset), minutes=120))
            )
        )
        for offset in offsets
    ]

    results = await asyncio.gather(*(outcome(bookings, change) for change in changes))

    assert results.count(None) == 1
    assert results.count(SlotUnavailable) == 199
    assert await counts(mongo) == dict.fromkeys(COLLECTIONS, 1)


async def test_neighbours_that_only_touch_all_win(bookings: MongoBookings, resource_ids: list[str]) -> None:
    starts = [NOW + timedelta(days=2, minutes=45 * index) for index in range(20)]
    changes = [make_creation(booking_of(resource_ids, slot=make_slot(start, minutes=35, buffer=5))) for start in starts]

    assert await asyncio.gather(*(outcome(bookings, change) for change in changes)) == [None] * 20


async def test_another_provider_is_no_obstacle(bookings: MongoBookings) -> None:
    changes = [make_creation(make_booking(provider_id=f"prv_{index}")) for index in range(20)]

    assert await asyncio.gather(*(outcome(bookings, change) for change in changes)) == [None] * 20


async def test_of_many_writers_of_one_version_one_wins(mongo: Mongo, bookings: MongoBookings) -> None:
    booking = make_booking()
    await bookings.commit(recorded(make_creation(booking)))

    changes = [recorded(make_update(booking, notes=f"writer {index}")) for index in range(50)]
    results = await asyncio.gather(*(outcome(bookings, change) for change in changes))

    assert results.count(None) == 1
    assert results.count(VersionConflict) == 49
    winner = changes[results.index(None)].booking
    stored = await bookings.get(booking.id)
    assert stored == winner
    assert await counts(mongo) == {"bookings": 1, "booking_history": 2, "slot_claims": 1, "outbox": 2}


async def test_one_idempotency_key_makes_one_booking(
    mongo: Mongo, bookings: MongoBookings, resource_ids: list[str]
) -> None:
    changes = [
        recorded(
            make_creation(
                booking_of(resource_ids, idempotency_key="key-1", slot=make_slot(NOW + timedelta(days=2 + index)))
            )
        )
        for index in range(50)
    ]

    results = await asyncio.gather(*(outcome(bookings, change) for change in changes))

    assert results.count(None) == 1
    assert results.count(Conflict) == 49
    assert await counts(mongo) == dict.fromkeys(COLLECTIONS, 1)


async def test_an_expired_hold_gives_way_to_exactly_one(bookings: MongoBookings, resource_ids: list[str]) -> None:
    old = booking_of(resource_ids, now=NOW - timedelta(hours=1), slot=make_slot())
    await bookings.commit(make_creation(old, claims=make_claims(old, expires_at=NOW)))

    changes = [make_creation(booking_of(resource_ids)) for _ in range(30)]
    results = await asyncio.gather(*(outcome(bookings, change) for change in changes))

    assert results.count(None) == 1
    assert results.count(SlotUnavailable) == 29
    claims = await bookings.list_claims(old.provider_id, old.resource_ids, old.slot.start_at, old.slot.end_at)
    assert sorted(claim.resource_id for claim in claims) == sorted(resource_ids)
    assert {claim.booking_id for claim in claims} == {changes[results.index(None)].booking.id}


async def test_a_hold_that_has_not_expired_stands(bookings: MongoBookings, resource_ids: list[str]) -> None:
    old = booking_of(resource_ids)
    await bookings.commit(make_creation(old, claims=make_claims(old, expires_at=NOW + timedelta(milliseconds=1))))

    assert await outcome(bookings, make_creation(make_booking())) is SlotUnavailable


@pytest.mark.parametrize("round_", range(10))
async def test_making_a_hold_firm_races_with_taking_it_over(
    bookings: MongoBookings, resource_ids: list[str], round_: int
) -> None:
    """The holder's payment and somebody else's booking arrive just as the hold has expired."""
    held = booking_of(resource_ids, now=NOW - timedelta(hours=1), slot=make_slot(), claim_id=f"clm_{round_}")
    await bookings.commit(make_creation(held, claims=make_claims(held, expires_at=NOW)))
    firm = make_update(held, status=BookingStatus.REQUESTED, updated_at=NOW)
    firm = firm.model_copy(update={"claims": make_claims(firm.booking)})
    rival = make_creation(booking_of(resource_ids))
    racers = [firm, rival] if round_ % 2 else [rival, firm]

    results = await asyncio.gather(*(outcome(bookings, change) for change in racers))

    assert sorted(results, key=str) == sorted([None, SlotUnavailable], key=str)
    claims = await bookings.list_claims(held.provider_id, held.resource_ids, held.slot.start_at, held.slot.end_at)
    assert sorted(claim.resource_id for claim in claims) == sorted(resource_ids)
    assert {claim.booking_id for claim in claims} == {racers[results.index(None)].booking.id}
    assert {claim.expires_at for claim in claims} == {None}


async def test_moving_races_with_booking_the_new_time(bookings: MongoBookings, resource_ids: list[str]) -> None:
    """A reschedule that swaps its interval against somebody who books an overlapping one; many rounds."""
    for index in range(15):
        day = NOW + timedelta(days=10 + index)
        booking = booking_of(resource_ids, slot=make_slot(day), claim_id=f"clm_old_{index}")
        ids = list(claim_ids(f"clm_old_{index}", resource_ids))
        await bookings.commit(make_creation(booking))
        moved = make_update(booking, slot=make_slot(day + timedelta(minutes=90)), claim_id=f"clm_new_{index}")
        swap = moved.model_copy(update={"claims": make_claims(moved.booking), "released_claim_ids": ids})
        rival = make_creation(booking_of(resource_ids, slot=make_slot(day + timedelta(minutes=120))))

        results = await asyncio.gather(outcome(bookings, swap), outcome(bookings, rival))

        assert sorted(results, key=str) == sorted([None, SlotUnavailable], key=str)
        claims = await bookings.list_claims(booking.provider_id, booking.resource_ids, day, day + timedelta(hours=4))
        expected = [90] if results[0] is None else [0, 120]
        starts = [day + timedelta(minutes=each) for each in expected for _ in resource_ids]
        assert sorted(claim.start_at for claim in claims) == starts


async def test_bookings_of_overlapping_resources_exclude_each_other_and_disjoint_ones_do_not(
    mongo: Mongo, bookings: MongoBookings
) -> None:
    """Pairs of four rooms in either order, of several providers: each has both or nothing, and nobody lost in vain."""
    random = Random(3)  # noqa: S311 - a test needs no secrecy
    pairs = [random.sample(pair, 2) for pair in combinations(ROOMS, 2) for _ in range(8)]
    random.shuffle(pairs)
    made = [booking_of(pair, provider_id=f"prv_{number % 3}") for number, pair in enumerate(pairs)]

    results = await asyncio.gather(*(outcome(bookings, recorded(make_creation(booking))) for booking in made))

    won = {booking.id: set(booking.resource_ids) for booking, result in zip(made, results, strict=True) if not result}
    assert await taken(mongo) == won
    assert 1 <= len(won) <= 2
    rooms = [room for pair in won.values() for room in pair]
    assert len(rooms) == len(set(rooms))
    for booking, result in zip(made, results, strict=True):
        assert (result is None) or (result is SlotUnavailable and set(booking.resource_ids) & set(rooms))


async def test_an_expired_hold_gives_up_only_the_resource_that_is_wanted(mongo: Mongo, bookings: MongoBookings) -> None:
    old = booking_of(["res_a", "res_b"], now=NOW - timedelta(hours=1), slot=make_slot())
    await bookings.commit(make_creation(old, claims=make_claims(old, expires_at=NOW)))
    standing = booking_of(["res_c"])
    await bookings.commit(make_creation(standing))

    assert await outcome(bookings, make_creation(booking_of(["res_b", "res_c"]))) is SlotUnavailable
    assert await taken(mongo) == {old.id: {"res_a", "res_b"}, standing.id: {"res_c"}}
    new = booking_of(["res_b", "res_d"])
    await bookings.commit(make_creation(new))
    assert await taken(mongo) == {old.id: {"res_a"}, standing.id: {"res_c"}, new.id: {"res_b", "res_d"}}


async def test_blocks_and_bookings_of_one_time_exclude_each_other(mongo: Mongo, bookings: MongoBookings) -> None:
    await mongo.collection("users").insert_one({"_id": "usr_provider", "email_key": "p", "deleted_at": None})
    blocks, slot = MongoBlocks(mongo), make_slot()
    times = {"start_at": slot.start_at, "end_at": slot.end_at, "expires_at": slot.end_at}
    made = [
        Block(id=f"blk_{n}", provider_id="prv_provider", **times, created_at=NOW, updated_at=NOW) for n in range(10)
    ]

    async def block(item: Block) -> type[GigstaError] | None:
        try:
            await blocks.insert(item, user_id="usr_provider", most=10)
        except GigstaError as error:
            return type(error)
        return None

    rivals = [make_creation(make_booking()) for _ in range(10)]
    results = await asyncio.gather(*(block(item) for item in made), *(outcome(bookings, each) for each in rivals))

    assert results.count(None) == 1
    assert results.count(SlotUnavailable) == 19
    assert len(await taken(mongo)) == 1
    assert (
        await mongo.collection("blocks").count_documents({}) + await mongo.collection("bookings").count_documents({})
        == 1
    )


async def test_several_resources_cost_no_more_commands_than_one(mongodb_uri: str, migrated_database: str) -> None:
    watched = WatchedMongo(mongodb_uri, migrated_database, Commands())
    seen = []
    for number, resource_ids in enumerate((["prv_provider"], ["res_a", "res_b", "res_c"])):
        watched.listener.seen.clear()
        day = make_slot(NOW + timedelta(days=200 + number))
        await MongoBookings(watched).commit(recorded(make_creation(booking_of(list(resource_ids), slot=day))))
        seen.append(list(watched.listener.seen))
    await watched.close()
    assert seen[0] == seen[1]
    assert [command for command in seen[0] if command.endswith("slot_claims")] == ["update slot_claims"]
