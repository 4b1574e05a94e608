"""Indexes of identity: accounts, credentials, sign-ins, registrations, mailed codes, the security log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0010_identity"
dependencies = ["0001_base"]

_AT_THE_INSTANT = 0
#: Sign-ins are kept this long after their end, so that a known client is still known.
_SESSION_MEMORY_SECONDS = 90 * 24 * 3600
#: Security events are kept for thirteen months, which lets one year be compared with the next.
_LOG_SECONDS = 400 * 24 * 3600


def _expiry(field: str = "expires_at", seconds: int = _AT_THE_INSTANT) -> IndexModel:
    return IndexModel([(field, ASCENDING)], name="ttl", expireAfterSeconds=seconds)


INDEXES = {
    "users": [
        IndexModel([("email_key", ASCENDING)], name="email_key", unique=True),
        IndexModel([("is_active", ASCENDING), ("_id", DESCENDING)], name="active_newest"),
    ],
    "credentials": [
        IndexModel([("user_id", ASCENDING), ("kind", ASCENDING)], name="user_kind"),
        IndexModel(
            [("user_id", ASCENDING), ("provider", ASCENDING)],
            name="user_provider",
            unique=True,
            partialFilterExpression={"kind": "identity"},
        ),
    ],
    "sessions": [
        IndexModel([("user_id", ASCENDING), ("last_used_at", DESCENDING)], name="user_last_used"),
        IndexModel([("user_id", ASCENDING), ("device_hash", ASCENDING)], name="user_device"),
        _expiry(seconds=_SESSION_MEMORY_SECONDS),
    ],
    "refresh_tokens": [_expiry()],
    "sign_in_attempts": [_expiry()],
    "geocode_cache": [_expiry()],
    "registrations": [
        IndexModel([("email_key", ASCENDING), ("_id", DESCENDING)], name="address_newest"),
        _expiry(),
    ],
    "mail_tokens": [
        IndexModel([("email_key", ASCENDING), ("purpose", ASCENDING)], name="address_purpose"),
        _expiry(),
    ],
    "security_events": [
        IndexModel([("user_id", ASCENDING), ("_id", DESCENDING)], name="user_newest"),
        IndexModel([("type", ASCENDING), ("_id", DESCENDING)], name="type_newest"),
        _expiry("at", _LOG_SECONDS),
    ],
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the indexes."""
    create_indexes(db, INDEXES)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes."""
    drop_indexes(db, INDEXES)
