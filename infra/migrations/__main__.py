"""``python -m infra.migrations [up|status]``: bring the database of MONGODB_URI and MONGODB_DATABASE up to date."""

from __future__ import annotations

import os
import sys

from pymongo.errors import PyMongoError

from infra.migrations.runner import migrate, status


def main(arguments: list[str]) -> int:
    """Run one command and return the process's exit code."""
    command = arguments[0] if arguments else "up"
    missing = [name for name in ("MONGODB_URI", "MONGODB_DATABASE") if not os.environ.get(name)]
    if command not in {"up", "status"} or missing:
        print("usage: python -m infra.migrations [up|status]", file=sys.stderr)
        if missing:
            print(f"missing in the environment: {', '.join(missing)}", file=sys.stderr)
        return 2
    uri, database = os.environ["MONGODB_URI"], os.environ["MONGODB_DATABASE"]
    try:
        if command == "up":
            for name in migrate(uri, database):
                print(f"applied {name}")
        for name, applied_at in status(uri, database):
            print(f"{name}  {applied_at.isoformat(timespec='seconds') if applied_at else 'waiting'}")
    except PyMongoError as error:
        print(f"the database cannot be migrated: {type(error).__name__}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
