"""``python -m infra.ops.rebuild [ratings] [listings] [terms]``: make derived collections anew; by default all."""

from __future__ import annotations

import os
import sys

from common.runtime.container.bootstrap import Container
from common.runtime.loop import run
from common.runtime.settings import load_settings

from infra.ops.rebuild.steps import STEPS


async def _rebuild(names: list[str]) -> None:
    container = Container(load_settings(environ=os.environ))
    try:
        for name in names:
            print(f"{name}: {await STEPS[name](container)}")
    finally:
        await container.close()


def main(arguments: list[str]) -> int:
    """Rebuild and return the process's exit code."""
    names = arguments or list(STEPS)
    if unknown := [name for name in names if name not in STEPS]:
        print(f"unknown: {', '.join(unknown)}; choose from {', '.join(STEPS)}", file=sys.stderr)
        return 2
    run(_rebuild(names))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
