"""Fingerprints, copies and byte-code of folders."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

CACHES = shutil.ignore_patterns("__pycache__", "*.pyc")
COMPILE_SECONDS = 300


@contextlib.contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Let one process at a time build into a folder.

    Args:
        folder: The folder; made where missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def fingerprint(folders: Iterable[Path], *extra: str, skip: Path | None = None) -> str:
    """Hash the names and contents of all files below some folders.

    Args:
        folders: Folders in a fixed order.
        extra: What else the result depends on.
        skip: A folder below them that does not count.

    Returns:
        32 hexadecimal digits.
    """
    digest = hashlib.sha256("\0".join(extra).encode())
    for folder in folders:
        for path in sorted(source_files(folder)):
            if skip is not None and path.is_relative_to(skip):
                continue
            digest.update(f"\0{path.relative_to(folder)}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:32]


def source_files(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder, without byte-code.

    Args:
        folder: Where to look.
    """
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in names:
            if not name.endswith(".pyc"):
                yield folder.__class__(parent) / name


def replace_tree(source: Path, target: Path) -> None:
    """Make a folder a copy of another, byte-code left out.

    Args:
        source: Folder to copy.
        target: Folder that is replaced.
    """
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(source, target, ignore=CACHES)


def compile_tree(folder: Path, interpreter: Path) -> None:
    """Write byte-code that is never checked against its source, which Lambda unpacks with other times.

    It leaves out the columns of instructions, which tracebacks mark with ``^^^^``: byte-code without them is a tenth
    smaller, so quicker to load
    (https://docs.python.org/3/using/cmdline.html#cmdoption-X).

    Args:
        folder: Folder of modules.
        interpreter: Interpreter of the version that will run them.
    """
    command: list[str | Path] = [
        interpreter,
        "-X",
        "no_debug_ranges",
        "-m",
        "compileall",
        "-q",
        "-j",
        "0",
        "--invalidation-mode",
        "unchecked-hash",
        folder,
    ]
    subprocess.run(command, check=True, timeout=COMPILE_SECONDS, stdout=subprocess.DEVNULL)
