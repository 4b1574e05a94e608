"""``python -m infra.ops.migrations [up|status]``: bring the database of MONGODB_URI and MONGODB_DATABASE up to date."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pymongo.errors import PyMongoError, ServerSelectionTimeoutError

from infra.local.own_database import where
from infra.ops.migrations.runner import migrate, status

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: list[str]) -> int:
    """Run one command and return the process's exit code."""
    command = arguments[0] if arguments else "up"
    missing = [name for name in ("MONGODB_URI", "MONGODB_DATABASE") if not os.environ.get(name)]
    if command not in {"up", "status"} or missing:
        print("usage: python -m infra.ops.migrations [up|status]", file=sys.stderr)
        if missing:
            print(f"missing in the environment: {', '.join(missing)}", file=sys.stderr)
        return 2
    uri, database = os.environ["MONGODB_URI"], os.environ["MONGODB_DATABASE"]
    try:
        if command == "up":
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


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
