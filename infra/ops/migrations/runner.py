"""Applies the numbered steps with pymongo-migrate, which records in the database what has been done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pymongo import MongoClient
from pymongo_migrate.mongo_migrate import MongoMigrate

from infra.ops.migrations.category_data import store_categories

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

VERSIONS = Path(__file__).parent / "versions"
COLLECTION = "migrations"
_CONNECT_MILLISECONDS = 4_000


def migrate(uri: str, database: str) -> Sequence[str]:
    """Apply every step that has not been applied, in order, and bring the tree of categories up to date.

    Args:
        uri: the server; its user may create indexes.
        database: the database's name.

    Returns:
        Names of the steps applied now.
    """
    with _client(uri) as client:
        migrations = _migrations(client, database)
        pending = [name for name, applied_at in _states(migrations) if applied_at is None]
        if pending:
            migrations.upgrade()
        store_categories(client[database])
        return pending


def status(uri: str, database: str) -> Sequence[tuple[str, datetime | None]]:
    """Every step with the instant it was applied, ``None`` for one that waits."""
    with _client(uri) as client:
        return list(_states(_migrations(client, database)))


def _client(uri: str) -> MongoClient[dict[str, Any]]:
    return MongoClient(uri, serverSelectionTimeoutMS=_CONNECT_MILLISECONDS, w="majority")


def _migrations(client: MongoClient[dict[str, Any]], database: str) -> MongoMigrate:
    return MongoMigrate(
        client=client, database=database, migrations_dir=str(VERSIONS), migrations_collection=COLLECTION
    )


def _states(migrations: MongoMigrate) -> Iterator[tuple[str, datetime | None]]:
    applied = {row["name"]: row["applied"] for row in migrations.db_collection.find({})}
    for migration in migrations.get_migrations():
        yield migration.name, applied.get(migration.name)
