"""Every unique index of a collection to be sharded begins with its shard key, or is known to stand in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from common.adapters.privacy.register import REGISTER
from pymongo import MongoClient

from infra.docs.scale import is_current
from infra.ops.sharding import PLACEMENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Ids that are drawn at random (``domain/shared/ids.py``), or of one document of the shard key: an inbox entry's names
#: its event and is one person's.
DRAWN = {
    "booking_history",
    "payment_operations",
    "ledger_entries",
    "slot_claims",
    "ratings",
    "offers",
    "notifications",
    "messages",
    "report_history",
    "report_votes",
    "report_follows",
    "report_comments",
}


@pytest.fixture
def indexes(mongodb_uri: str, migrated_database: str) -> Iterator[dict[str, dict[str, Any]]]:
    """The indexes of every collection."""
    with MongoClient[dict[str, Any]](mongodb_uri) as client:
        database = client[migrated_database]
        yield {name: dict(database[name].index_information()) for name in database.list_collection_names()}


def test_every_collection_has_its_place(indexes: dict[str, dict[str, Any]]) -> None:
    assert set(PLACEMENTS) == set(REGISTER)
    assert set(indexes) <= set(PLACEMENTS)


def test_what_is_unique_stays_so_on_several_shards(indexes: dict[str, dict[str, Any]]) -> None:
    for name, place in PLACEMENTS.items():
        if place.key:
            unique = {index: each for index, each in indexes[name].items() if each.get("unique")}
            blocking = {index for index, each in unique.items() if not _begins_with(each["key"], place.key)}
            assert blocking == set(place.blocked_by), name
            assert "_id" in place.key or name in DRAWN, f"ids of {name} would be unique within a shard only"


def test_what_is_split_has_an_index_to_split_by(indexes: dict[str, dict[str, Any]]) -> None:
    """A range key needs one that begins with it and holds every document; a hashed one is made when it is needed."""
    for name, place in PLACEMENTS.items():
        if place.key and "hashed" not in place.key.values():
            whole = [each for each in indexes[name].values() if "partialFilterExpression" not in each]
            assert any(_begins_with(each["key"], place.key) for each in whole), name


def test_the_page_shows_the_table() -> None:
    assert is_current(), "run: python -m infra.docs.scale"


def _begins_with(index: list[tuple[str, Any]], key: Any) -> bool:
    """Whether an index begins with a key of ranges; none but ``_id`` stays unique beside a hashed one."""
    return index[: len(key)] == list(key.items())
