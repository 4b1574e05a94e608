from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from common.adapters.mongo.bookings import MongoBookings
from common.adapters.mongo.database import Mongo

from tests.support.containers import PATIENT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def mongo(mongodb_uri: str, migrated_database: str) -> AsyncIterator[Mongo]:
    """The module's migrated database, empty at the start of each test."""
    mongo = Mongo(lambda: mongodb_uri, migrated_database, PATIENT)
    for name in await mongo.db.list_collection_names():
        if name != "migrations":
            await mongo.collection(name).delete_many({})
    yield mongo
    await mongo.close()


@pytest.fixture
def bookings(mongo: Mongo) -> MongoBookings:
    return MongoBookings(mongo)
