"""What npm installs: once for each state of the lock file."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from infra.build.files import exclusive
from infra.build.targets import ROOT
from infra.web import node

if TYPE_CHECKING:
    from pathlib import Path

    from infra.web.node import Node

INSTALL_SECONDS = 600
MODULES = ROOT / "node_modules"
_STAMP = MODULES / ".gigsta-lock"
_DECLARED = ("package.json", "package-lock.json", "clients/typescript/package.json", "web/package.json")


def install() -> Node:
    """Install the packages of the lock file where they are not installed yet; returns the Node they are for.

    Raises:
        NodeError: There is no Node, or npm's registry cannot be reached.
    """
    with exclusive(ROOT / "build" / "npm"):
        found = node.find()
        state = _state()
        if not _STAMP.is_file() or _STAMP.read_text(encoding="utf-8") != state:
            found.run([found.npm, "ci", "--no-progress"], seconds=INSTALL_SECONDS)
            _STAMP.write_text(state, encoding="utf-8")
    return found


def script(package: str, path: str) -> Path:
    """A program of an installed package, to be run by Node.

    Args:
        package: The package's name.
        path: Of the program inside the package.
    """
    return MODULES / package / path


def _state() -> str:
    digest = hashlib.sha256()
    for name in _DECLARED:
        digest.update((ROOT / name).read_bytes() + b"\0")
    return digest.hexdigest()
