"""Indexes as small as their queries let them be, and none that no query reads.

Lists of what waits for somebody, and of what is unread, are found by indexes that hold nothing else. A person's
sign-ins are listed in the order of an index instead of being sorted. Entries of inboxes go after 90 days, as the log of
mails does, and no more after a year.

The release before serves while this is applied. It names none of these indexes, and each of its queries is served by
what is there: the new ones are made first and answer the same queries as those they replace; the others it reads never.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0114_lean_indexes"
#: Of several the library would take the first it meets; in its order this one comes after all that is replaced here.
dependencies = ["0103_factors"]

_DAY = 24 * 3600
_KEPT, _KEPT_BEFORE = 90 * _DAY, 365 * _DAY
_IS_STRING = {"$gt": ""}


def _party_list(party: str, index_name: str, **options: Any) -> IndexModel:
    """One party's bookings by who must act, in order of their start."""
    keys = [(party, ASCENDING), ("awaiting", ASCENDING), ("slot.start_at", ASCENDING), ("_id", ASCENDING)]
    return IndexModel(keys, name=index_name, **options)


INDEXES: dict[str, list[IndexModel]] = {
    "bookings": [
        _party_list(f"{party}_id", f"{party}_awaited_start", partialFilterExpression={"awaiting": _IS_STRING})
        for party in ("customer", "provider")
    ],
    "notifications": [
        IndexModel(
            # With ``read_at`` in it counting reads no entry, though here it is always nothing.
            [("user_id", ASCENDING), ("read_at", ASCENDING), ("_id", DESCENDING)],
            name="unread_newest",
            partialFilterExpression={"read_at": None},
        ),
    ],
    "sessions": [
        IndexModel(
            [("user_id", ASCENDING), ("last_used_at", DESCENDING), ("_id", DESCENDING)], name="user_latest_used"
        ),
    ],
}
REPLACED: dict[str, list[IndexModel]] = {
    "bookings": [
        *(_party_list(f"{party}_id", f"{party}_awaiting_start") for party in ("customer", "provider")),
        IndexModel(
            [("payment_details.transfer_id", ASCENDING)],
            name="stripe_transfer_id",
            partialFilterExpression={"payment_details.transfer_id": _IS_STRING},
        ),
    ],
    "mails": [IndexModel([("user_id", ASCENDING)], name="user")],
    "notifications": [
        IndexModel([("user_id", ASCENDING), ("read_at", ASCENDING), ("_id", DESCENDING)], name="unread"),
    ],
    "payment_operations": [
        IndexModel([("status", ASCENDING), ("created_at", ASCENDING)], name="open"),
        IndexModel([("status", ASCENDING), ("_id", ASCENDING)], name="open_page"),
        IndexModel([("updated_at", ASCENDING)], name="updated"),
    ],
    "sessions": [IndexModel([("user_id", ASCENDING), ("last_used_at", DESCENDING)], name="user_last_used")],
    "slot_claims": [IndexModel([("booking_id", ASCENDING)], name="booking")],
    "subscriptions": [IndexModel([("provider_id", ASCENDING), ("_id", DESCENDING)], name="provider_newest")],
    "webhook_events": [IndexModel([("status", ASCENDING), ("received_at", ASCENDING)], name="waiting")],
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create what is new, drop what it replaces and what nothing reads, and shorten the life of inbox entries."""
    create_indexes(db, INDEXES)
    drop_indexes(db, REPLACED)
    _keep_entries(db, _KEPT)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Bring the earlier indexes back; entries that are gone stay so."""
    create_indexes(db, REPLACED)
    drop_indexes(db, INDEXES)
    _keep_entries(db, _KEPT_BEFORE)


def _keep_entries(db: Database[dict[str, Any]], seconds: int) -> None:
    db.command("collMod", "notifications", index={"name": "ttl", "expireAfterSeconds": seconds})
