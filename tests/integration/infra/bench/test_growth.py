"""A small marketplace of copied lives: what is measured in large ones must be what the product itself would store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest_asyncio
from common.adapters.mongo.shared.documents import from_document
from common.domain.bookings.booking import Booking, HistoryEntry
from common.domain.bookings.ratings import Rating
from common.domain.payments.operations import PaymentOperation
from pymongo import MongoClient

from infra.bench.growth import marketplace, stage
from infra.bench.growth.loading import load
from infra.bench.growth.people import READER, Population, user_id
from infra.bench.growth.recording import record
from infra.bench.world import make_world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from infra.bench.growth.marketplace import Marketplace

_KINDS: tuple[tuple[Any, str], ...] = (
    (HistoryEntry, "booking_history"),
    (PaymentOperation, "payment_operations"),
    (Rating, "ratings"),
)
_LIVES = ("settled_and_rated", "accepted", "requested")


@pytest_asyncio.fixture
async def place(mongodb_uri: str, tmp_path: Path, database_name: str) -> AsyncIterator[Marketplace]:
    """A marketplace of some hundred bookings."""
    nowhere = "http://127.0.0.1:9"
    world = await make_world(mongodb_uri, nowhere, nowhere, database_name)
    async with stage.opened(world.environment, tmp_path) as opened:
        patterns = await record(opened, world, _LIVES)
    filled = f"{database_name}_filled"
    try:
        load(mongodb_uri, filled, Population(40, 200), patterns, processes=0)
        async with marketplace.opened(world.environment, filled, 40, tmp_path) as opened_place:
            yield opened_place
    finally:
        with MongoClient[dict[str, Any]](mongodb_uri) as client:
            client.drop_database(filled)


async def test_copied_lives_are_what_the_product_stores(place: Marketplace) -> None:
    db = place.stage.container.mongo.db
    rows = {name: await db[name].find().to_list() for name in await db.list_collection_names()}
    bookings = {row["_id"]: from_document(Booking, row) for row in rows["bookings"]}
    for kind, name in _KINDS:
        about = {row["booking_id"] for row in rows[name] if from_document(kind, row)}
        assert set() != about <= set(bookings), name
    assert len(bookings) == 240
    assert {each.customer_id for each in bookings.values()} <= {row["_id"] for row in rows["users"]}
    assert {each.provider_id for each in bookings.values()} == {row["_id"] for row in rows["providers"]}
    sums: dict[str, int] = {}
    for line in rows["ledger_entries"]:
        assert bookings[line["booking_id"]].provider_id == line["provider_id"]
        sums[line["booking_id"]] = sums.get(line["booking_id"], 0) + line["amount"]["amount"]
    assert set(sums.values()) == {0}
    open_ids = {each.id for each in bookings.values() if each.claim_id}
    assert {row["booking_id"] for row in rows["slot_claims"]} == open_ids != set()
    mine = [each for each in bookings.values() if each.customer_id == user_id(READER)]
    assert len(mine) == 20

    one = mine[0].id
    for path in (f"/v1/bookings/{one}", f"/v1/bookings/{one}/history", f"/v1/bookings/{one}/payment", "/v1/bookings"):
        await place.call("GET", path, place.customer)
    page = (await place.call("GET", "/v1/bookings?role=provider&status=past&limit=100", place.provider)).json()
    assert len(page["items"]) == 100
