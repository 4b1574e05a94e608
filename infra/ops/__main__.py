"""The command line of who runs a stage: ``python -m infra.ops COMMAND``; each has a ``--help``."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from infra.ops import backup, distrust, figures, plans, smoke, staff
from infra.ops.environment import MissingVariablesError
from infra.ops.keys import command as keys
from infra.ops.migrations import command as migrations
from infra.ops.rebuild import command as rebuild

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_COMMANDS = (migrations, keys, staff, plans, rebuild, figures, smoke, backup, distrust)
#: What a command that was called wrongly ends with, as argparse has it.
_USAGE = 2


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    whole = argparse.ArgumentParser(prog="python -m infra.ops", description=__doc__)
    commands = whole.add_subparsers(required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.add_to(commands)
    return whole


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Run a command.

    Args:
        arguments: the command's name and its arguments; the process's by default.
        environ: where it finds addresses and keys.

    Returns:
        The process's exit code: 0 when done, 1 when refused or failed, 2 when called wrongly.
    """
    chosen = parser().parse_args(arguments)
    try:
        return int(chosen.run(chosen, environ))
    except MissingVariablesError as error:
        print(error, file=sys.stderr)
        return _USAGE


if __name__ == "__main__":
    sys.exit(main())
