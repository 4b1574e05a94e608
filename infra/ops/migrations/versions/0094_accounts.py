"""Accounts as the rules have them now: a look-up of mailed codes by account, and stored values put right.

Names that Google or Facebook told, zones of quiet hours that are none, network addresses of registrations, and accounts
that have a way in of their own and still count as a guest's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from common.domain.shared.names import MAX_LENGTH, clean_name
from common.domain.shared.time_zones import NO_ZONES
from pymongo import ASCENDING, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0094_accounts"
dependencies = ["0071_push_messages"]

INDEXES = {"mail_tokens": [IndexModel([("user_id", ASCENDING)], name="user")]}
_ODD_NAME = {"$regex": rf"[\p{{C}}\n\r<>/@]|\w\.\w|.{{{MAX_LENGTH + 1}}}"}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the index and put right what is stored."""
    create_indexes(db, INDEXES)
    for user in db["users"].find({"full_name": _ODD_NAME}, {"full_name": 1}):
        cleaned = clean_name(user["full_name"])
        db["users"].update_one({"_id": user["_id"], "full_name": user["full_name"]}, {"$set": {"full_name": cleaned}})
    db["notification_preferences"].update_many(
        {"quiet_hours.timezone": {"$in": sorted(NO_ZONES)}}, {"$set": {"quiet_hours": None}}
    )
    db["registrations"].update_many({}, {"$unset": {"ip": ""}})
    for guest in db["users"].find({"is_provisional": True, "is_verified": True}, {"_id": 1}):
        if db["credentials"].find_one({"user_id": guest["_id"]}, {"_id": 1}):
            db["users"].update_one({"_id": guest["_id"]}, {"$set": {"is_provisional": False}})


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop the index; values that broke the rules are not brought back."""
    drop_indexes(db, INDEXES)
