"""``migrate``: bring a stage's database up to date; needs MONGODB_URI and MONGODB_DATABASE."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pymongo.errors import PyMongoError, ServerSelectionTimeoutError

from infra.local.own_database import where
from infra.ops.environment import DATABASE, required
from infra.ops.migrations.runner import migrate, status

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping, Sequence

    from infra.ops.environment import Commands


def add_to(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("migrate", help="bring the database up to date", description=__doc__)
    parser.add_argument(
        "step", nargs="?", choices=["up", "status"], default="up", help="apply what is missing (default), or list it"
    )
    parser.set_defaults(run=run)


def run(chosen: Namespace, environ: Mapping[str, str]) -> int:
    """Apply or list the steps."""
    uri, database = required(environ, *DATABASE)
    try:
        if chosen.step == "up":
            _report(migrate(uri, database))
        else:
            for name, applied_at in status(uri, database):
                print(f"{name}  {applied_at.isoformat(timespec='seconds') if applied_at else 'waiting'}")
    except ServerSelectionTimeoutError:
        print(f"No database answers at {where(uri)}. Is it running, and MONGODB_URI right?", file=sys.stderr)
        return 1
    except (PyMongoError, ValueError) as error:
        print(f"The database at {where(uri)} cannot be migrated: {error}", file=sys.stderr)
        return 1
    return 0


def _report(applied: Sequence[str]) -> None:
    """Say what was done."""
    for name in applied:
        print(f"applied {name}")
    print("The database is up to date." if applied else "The database was up to date.")
