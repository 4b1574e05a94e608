"""Command line of the local cloud: ``python -m infra.local up|down|status|demo|mail|code|logs|redrive``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from infra.build.targets import ROOT
from infra.local import commands
from infra.local.processes import StartError


def main() -> int:
    """Run one command.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(prog="python -m infra.local", description=__doc__)
    parser.add_argument("--state-dir", type=Path, default=ROOT / ".local", help="folder for everything that is kept")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("up", help="start everything and follow the logs")
    verbs.add_parser("down", help="stop what runs elsewhere")
    verbs.add_parser("status", help="tell what runs")
    verbs.add_parser("mail", help="print the sent mails").add_argument("--to")
    verbs.add_parser("code", help="print the codes of staff's authenticator apps")
    verbs.add_parser("logs", help="follow the functions' logs")
    verbs.add_parser("redrive", help="move dead letters back to their queues")
    verbs.add_parser("demo", help="play the demonstration")
    chosen, rest = parser.parse_known_args()
    if rest and chosen.verb != "demo":
        parser.error(f"unknown arguments: {' '.join(rest)}")
    try:
        if chosen.verb == "demo":
            return commands.demo(chosen.state_dir, rest)
        if chosen.verb == "mail":
            commands.mail(chosen.state_dir, chosen.to)
        else:
            getattr(commands, chosen.verb)(chosen.state_dir)
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
