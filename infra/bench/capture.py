"""What a request asks of the database, told by the database itself: its profiler's log."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from pymongo import MongoClient

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_OFF, _ALL = 0, 2
#: What the driver adds to every command; a replay gets its own.
_DRIVERS_OWN = ("lsid", "$clusterTime", "$db", "$readPreference", "txnNumber", "autocommit", "startTransaction")
_KINDS = ("find", "aggregate", "findAndModify", "count")


@contextlib.contextmanager
def profiled(uri: str, database: str) -> Iterator[list[dict[str, Any]]]:
    """Collect the read commands and atomic updates that arrive within the context, in order, ready to be replayed.

    Args:
        uri: The server.
        database: The database's name.
    """
    commands: list[dict[str, Any]] = []
    with MongoClient[dict[str, Any]](uri) as client:
        db = client[database]
        db.command("profile", _OFF)
        db["system.profile"].drop()
        db.command("profile", _ALL)
        try:
            yield commands
        finally:
            db.command("profile", _OFF)
        for row in db["system.profile"].find().sort("ts", 1):
            command = {name: value for name, value in row.get("command", {}).items() if name not in _DRIVERS_OWN}
            if any(kind in command for kind in _KINDS) and not row["ns"].endswith("system.profile"):
                commands.append(command)


def documents_of(uri: str, database: str, booking_id: str) -> dict[str, list[dict[str, Any]]]:
    """Everything that one booking left in the database, by collection."""
    with MongoClient[dict[str, Any]](uri, tz_aware=True) as client:
        db = client[database]
        found = {"bookings": list(db["bookings"].find({"_id": booking_id}))}
        for collection in ("slot_claims", "booking_history", "payment_operations", "outbox"):
            found[collection] = list(db[collection].find({"booking_id": booking_id}))
        return {collection: rows for collection, rows in found.items() if rows}


def another(booking: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """A booking's document once more, under an id and with a payment of its own.

    Args:
        booking: The document.
        fields: What else is different.
    """
    charge = {**booking["charges"][0], "payment_intent_id": f"pi_{uuid4().hex}"}
    details = {**booking["payment_details"], "payment_intent_id": None}
    own = {"_id": f"bkg_{uuid4().hex}", "charges": [charge], "payment_details": details}
    return {**booking, **own, **fields}
