"""What the commands of this folder share: each writes a document, or with ``--check`` only compares it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def is_current(path: Path, text: str) -> bool:
    """Whether the document in the repository is there and says this.

    Args:
        path: The document.
        text: What it has to say.
    """
    return path.is_file() and path.read_text(encoding="utf-8") == text


def write_or_check(path: Path, text: str, command: str, arguments: Sequence[str]) -> int:
    """Write the document, or with ``--check`` only say whether it is current.

    Args:
        path: The document.
        text: What it has to say.
        command: The module that writes it.
        arguments: Of the command line.

    Returns:
        The exit status.
    """
    if "--check" not in arguments:
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path}")
    elif not is_current(path, text):
        print(f"{path.name} is stale: run python -m {command}")
        return 1
    return 0
