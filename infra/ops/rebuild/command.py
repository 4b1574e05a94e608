"""``rebuild``: make derived collections anew, by default all; needs MONGODB_URI and MONGODB_DATABASE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.runtime.loop import run as run_async

from infra.ops.container import operating
from infra.ops.environment import DATABASE, required
from infra.ops.rebuild.steps import STEPS

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping, Sequence

    from infra.ops.environment import Commands


def add_to(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "rebuild", help=f"make derived collections anew: {', '.join(STEPS)}", description=__doc__
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(STEPS)}")
    parser.set_defaults(run=run, error=parser.error)


def run(chosen: Namespace, environ: Mapping[str, str]) -> int:
    """Rebuild what is named."""
    names = chosen.names or list(STEPS)
    if unknown := [name for name in names if name not in STEPS]:
        chosen.error(f"unknown: {', '.join(unknown)}; choose from {', '.join(STEPS)}")
    required(environ, *DATABASE)
    run_async(_rebuild(names, environ))
    return 0


async def _rebuild(names: Sequence[str], environ: Mapping[str, str]) -> None:
    async with operating(environ) as container:
        for name in names:
            print(f"{name}: {await STEPS[name](container)}")
