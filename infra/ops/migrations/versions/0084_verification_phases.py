"""Waiting verifications, a checkpoint for each phase instead of one for all, and differences still to be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0084_verification_phases"
dependencies = ["0062_payment_records"]

_ONE_FOR_ALL = "payments"
_PHASES = ("intents", "moved", "touched")

INDEXES = {
    "payment_verifications": [
        IndexModel([("next_at", ASCENDING), ("_id", ASCENDING)], name="due"),
        IndexModel([("asked_at", ASCENDING)], name="oldest"),
    ],
    "payment_discrepancies": [
        IndexModel([("is_told", ASCENDING)], name="untold", partialFilterExpression={"is_told": False}),
    ],
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the indexes; every phase goes on from where all of them were."""
    create_indexes(db, INDEXES)
    runs = db["verification_runs"]
    known = runs.find_one({"_id": _ONE_FOR_ALL})
    for phase in _PHASES if known else ():
        first = {"verified_until": known["verified_until"], "turn": 0, "revision": 0} if known else {}
        runs.update_one({"_id": phase}, {"$setOnInsert": first}, upsert=True)
    runs.delete_one({"_id": _ONE_FOR_ALL})


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes; the one for all begins where the last phase is."""
    drop_indexes(db, INDEXES)
    runs = db["verification_runs"]
    last = runs.find_one({"_id": {"$in": list(_PHASES)}}, sort=[("verified_until", ASCENDING)])
    if last is not None:
        kept = {"verified_until": last["verified_until"], "ran_at": last["verified_until"]}
        runs.replace_one({"_id": _ONE_FOR_ALL}, kept, upsert=True)
    runs.delete_many({"_id": {"$ne": _ONE_FOR_ALL}})
    db["payment_discrepancies"].update_many({}, {"$unset": {"is_told": "", "told_in": ""}})
