"""How long each later step of the migrations takes on a million bookings (``python -m infra.bench.migrations``).

The first release's database is brought to the step before, multiplied on the server, and migrated step by step. The
server is a local mongod on the machine's own disk with a gigabyte of cache.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pymongo import MongoClient
from pymongo_migrate.migrations import MigrationState
from pymongo_migrate.mongo_migrate import MongoMigrate

from infra.bench.first_release import restore
from infra.local import mongod, ports, processes
from infra.ops.migrations.runner import COLLECTION, VERSIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pymongo.database import Database
    from pymongo_migrate.migrations import Migration

DATABASE = "bench_migrations"
#: What of a booking the steps since change, and the fields of each that name what is multiplied too.
_MULTIPLIED: Mapping[str, tuple[str, ...]] = {
    "bookings": ("claim_id", "idempotency_key"),
    "payment_operations": ("booking_id",),
    "ledger_entries": ("booking_id", "entry_id"),
    "slot_claims": ("booking_id", "provider_id", "resource_id"),
}
_CACHE_GB = 1.0


def main() -> int:
    """Print a line for each step.

    Returns:
        0.
    """
    parser = argparse.ArgumentParser(prog="python -m infra.bench.migrations", description=__doc__)
    parser.add_argument("--bookings", type=int, default=1_000_000, help="about how many")
    parser.add_argument("--after", default="0094_accounts", help="the last step that is not measured")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gigsta-bench-") as folder:
        server = mongod.launch(Path(folder), ports.free_port(), cache_gb=_CACHE_GB)
        try:
            mongod.wait_primary(server.port, server.process)
            _measure(mongod.uri_for(server.port), chosen.bookings, chosen.after)
        finally:
            processes.stop(server.process, grace=0)
    return 0


def _measure(uri: str, bookings: int, after: str) -> None:
    with MongoClient[dict[str, Any]](uri, tz_aware=True) as client:
        db = client[DATABASE]
        restore(db)
        steps = MongoMigrate(
            client=client, database=DATABASE, migrations_dir=str(VERSIONS), migrations_collection=COLLECTION
        )
        migrations = sorted(steps.get_migrations(), key=lambda each: each.name)
        for migration in migrations:
            if migration.name <= after and steps.get_state(migration).applied is None:
                _apply(steps, migration)
        started = time.monotonic()
        _multiply(db, bookings)
        print(f"multiplied in {time.monotonic() - started:.0f} s", flush=True)
        for name in _MULTIPLIED:
            print(f"{name}: {db[name].estimated_document_count():,} documents", flush=True)
        whole = time.monotonic()
        for migration in migrations:
            if migration.name > after:
                started = time.monotonic()
                _apply(steps, migration)
                print(f"{migration.name:40} {time.monotonic() - started:8.1f} s", flush=True)
        print(f"{'all of them':40} {time.monotonic() - whole:8.1f} s", flush=True)


def _apply(steps: MongoMigrate, migration: Migration) -> None:
    """Apply one step, in the order of numbers; the library's own order is any that keeps the dependencies."""
    migration.upgrade(steps.db)
    steps.set_state(MigrationState(name=migration.name, applied=datetime.now(UTC)))


def _multiply(db: Database[dict[str, Any]], bookings: int) -> None:
    """Copy what belongs to bookings, under new ids, until there are about so many of them."""
    copies = max(1, bookings // db["bookings"].estimated_document_count())
    for name, fields in _MULTIPLIED.items():
        renamed = {field: _renamed(field) for field in ("_id", *fields)}
        db[name].aggregate(
            [
                {"$set": {"copy": {"$range": [1, copies]}}},
                {"$unwind": "$copy"},
                {"$set": renamed},
                {"$unset": "copy"},
                {"$merge": {"into": name, "whenMatched": "fail"}},
            ],
            allowDiskUse=True,
        )


def _renamed(field: str) -> dict[str, Any]:
    """The field's value with the copy's number; what is not there stays so."""
    named = {"$concat": [f"${field}", "_", {"$toString": "$copy"}]}
    return {"$cond": [{"$eq": [{"$type": f"${field}"}, "string"]}, named, f"${field}"]}


if __name__ == "__main__":
    sys.exit(main())
