"""Looking people up by name and telephone number: indexes, and the last word of each name.

The release before writes names without it; who registers while both serve is found by the first word until the name
changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.collation import Collation, CollationStrength

from infra.ops.migrations.batches import update_in_batches
from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0139_people_search"
dependencies = ["0094_accounts"]

_FOLDED = Collation(locale="en", strength=CollationStrength.PRIMARY)
_TEXT = {"$type": "string"}
#: A list, which does not repeat it, would take such an index and sort in memory.
_ANY = {"created_at": {"$type": "date"}}


def _name(field: str) -> IndexModel:
    return IndexModel([(field, ASCENDING), ("_id", ASCENDING)], name=field, collation=_FOLDED)


def _newest(field: str) -> IndexModel:
    return IndexModel([(field, ASCENDING), ("_id", DESCENDING)], name=f"{field}_activity", partialFilterExpression=_ANY)


INDEXES = {
    "users": [
        _name("full_name"),
        _name("family_name"),
        IndexModel(
            [("phone_number", ASCENDING), ("_id", ASCENDING)],
            name="phone_number",
            partialFilterExpression={"phone_number": _TEXT},
        ),
    ],
    "bookings": [_newest("customer_id"), _newest("provider_id")],
    "security_events": [
        IndexModel(
            [("details.subject", ASCENDING), ("_id", DESCENDING)],
            name="subject_newest",
            partialFilterExpression={"details.subject": _TEXT},
        ),
    ],
}
_WORDS = {"$split": [{"$trim": {"input": {"$ifNull": ["$full_name", ""]}}}, " "]}
_LAST_WORD = {"$cond": [{"$gt": [{"$size": _WORDS}, 1]}, {"$arrayElemAt": [_WORDS, -1]}, ""]}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Write the last word of each name, and create the indexes."""
    update_in_batches(db["users"], {"family_name": {"$exists": False}}, [{"$set": {"family_name": _LAST_WORD}}])
    create_indexes(db, INDEXES)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes; the words stay, and nobody reads them."""
    drop_indexes(db, INDEXES)
