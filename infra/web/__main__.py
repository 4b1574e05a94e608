"""What is made with Node: ``python -m infra.web VERB``, or ``python -m infra.web npm …``.

Verbs: packages, client, types, check, released, promised, app, serve.
"""

from __future__ import annotations

import subprocess
import sys

from infra.web import app, checks, client, node, packages, released
from infra.web.node import NodeError


def main(arguments: list[str]) -> int:
    """Run one command.

    Args:
        arguments: Of the command line.

    Returns:
        The exit code.
    """
    verbs = {
        "packages": packages.install,
        "client": client.build,
        "types": _types,
        "check": checks.check,
        "released": released.note,
        "promised": released.note_unpublished,
        "app": app.build,
        "serve": app.serve,
    }
    try:
        match arguments:
            case ["npm", *rest]:
                found = node.find()
                return subprocess.run([found.binary, found.npm, *rest], env=found.environment(), check=False).returncode
            case [verb] if verb in verbs:
                verbs[verb]()
            case _:
                print(__doc__)
                return 2
    except NodeError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _types() -> None:
    """Check the types of everything that is written in TypeScript."""
    client.check()
    app.check()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
