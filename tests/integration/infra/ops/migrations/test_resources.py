"""Claims that the release before ``resource_id`` wrote, and writes while it is being replaced."""

from __future__ import annotations

import asyncio
import importlib
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.adapters.mongo.bookings.repository import MongoBookings
from common.adapters.mongo.scheduling.busy_times import MongoBusyTimes
from common.adapters.mongo.shared.database import Mongo
from common.domain.shared.errors import SlotUnavailable
from pymongo import MongoClient
from pymongo.errors import DuplicateKeyError

from infra.ops.migrations.runner import migrate
from tests.factories.bookings import NOW, make_booking, make_claims, make_creation, make_slot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from common.adapters.mongo.shared.database import Document
    from common.domain.bookings.booking import Booking
    from pymongo.database import Database

STEP = importlib.import_module("infra.ops.migrations.versions.0099_resources")


@pytest.fixture
def database(mongodb_uri: str, database_name: str) -> Iterator[Database[dict[str, Any]]]:
    """A database in which the step has yet to be applied."""
    migrate(mongodb_uri, database_name)
    with MongoClient[dict[str, Any]](mongodb_uri) as client:
        STEP.downgrade(client[database_name])
        yield client[database_name]


@pytest.fixture
async def mongo(mongodb_uri: str, database_name: str) -> AsyncIterator[Mongo]:
    made = Mongo(lambda: mongodb_uri, database_name)
    yield made
    await made.close()


def old_claim(booking: Booking) -> Document:
    """A claim as the release before wrote it."""
    document = make_claims(booking)[0].model_dump(exclude={"resource_id"})
    return {"_id": document.pop("id"), **document}


def test_claims_name_their_resource_however_often_the_step_is_applied(database: Database[dict[str, Any]]) -> None:
    claims = database["slot_claims"]
    claims.insert_many([old_claim(make_booking(provider_id=f"prv_{number}")) for number in range(5)])
    for _ in range(2):
        STEP.upgrade(database)
        assert all(row["resource_id"] == row["provider_id"] for row in claims.find())
        assert set(claims.index_information()) >= {"resource_cells", "provider_further_cells", "resource_start"}
        assert "provider_cells" not in claims.index_information()
    STEP.downgrade(database)
    assert "resource_id" not in (claims.find_one() or {})


async def test_old_and_new_claims_of_one_provider_exclude_each_other(
    database: Database[dict[str, Any]], mongo: Mongo
) -> None:
    STEP.upgrade(database)
    bookings, claims = MongoBookings(mongo), mongo.collection("slot_claims")
    first, second = make_booking(), make_booking(slot=make_slot(NOW + timedelta(days=5)))
    await claims.insert_one(old_claim(first))
    await bookings.commit(make_creation(second))
    with pytest.raises(DuplicateKeyError):
        await claims.insert_one(old_claim(make_booking()))
    with pytest.raises(DuplicateKeyError):
        await claims.insert_one(old_claim(make_booking(slot=second.slot)))
    with pytest.raises(SlotUnavailable):
        await bookings.commit(make_creation(make_booking()))
    with pytest.raises(SlotUnavailable):
        await bookings.commit(make_creation(make_booking(resource_ids=["prv_provider", "res_a"])))
    await claims.insert_one(old_claim(make_booking(provider_id="prv_other")))
    calendars = await MongoBusyTimes(mongo).calendars(
        ["prv_provider"], ["prv_provider"], NOW, NOW + timedelta(days=6), NOW
    )
    assert {busy.booking_id for busy in calendars.busy("prv_provider", ["prv_provider"])} == {first.id, second.id}
    read = await bookings.list_claims("prv_provider", ["prv_provider"], NOW, NOW + timedelta(days=3))
    assert [claim.resource_id for claim in read] == ["prv_provider"]


async def test_an_expired_hold_of_the_old_shape_gives_way(database: Database[dict[str, Any]], mongo: Mongo) -> None:
    STEP.upgrade(database)
    await mongo.collection("slot_claims").insert_one({**old_claim(make_booking()), "expires_at": NOW})
    new = make_booking()
    await MongoBookings(mongo).commit(make_creation(new))
    assert [row["booking_id"] async for row in mongo.collection("slot_claims").find()] == [new.id]


@pytest.mark.parametrize("is_applied", [False, True], ids=["while the step runs", "after it"])
async def test_old_and_new_code_race_for_one_slot(
    database: Database[dict[str, Any]], mongo: Mongo, is_applied: bool
) -> None:
    """The old code inserts while the step is applied; once it is, the new code joins in."""
    bookings, claims = MongoBookings(mongo), mongo.collection("slot_claims")
    rounds = [make_slot(NOW + timedelta(days=2, hours=2 * number)) for number in range(20)]
    if is_applied:
        STEP.upgrade(database)

    async def old_code(booking: Booking) -> None:
        with suppress(DuplicateKeyError):
            await claims.insert_one(old_claim(booking))

    async def new_code(booking: Booking) -> None:
        with suppress(SlotUnavailable):
            await bookings.commit(make_creation(booking))

    async def step() -> None:
        await asyncio.to_thread(STEP.upgrade, database)

    works = [old_code(make_booking(slot=slot)) for slot in rounds for _ in range(3)]
    works += [new_code(make_booking(slot=slot)) for slot in rounds] if is_applied else [step()]
    await asyncio.gather(*works)

    rows = await claims.find().to_list()
    assert sorted(row["start_at"] for row in rows) == [slot.start_at for slot in rounds]
