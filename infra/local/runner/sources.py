"""The code that functions run: built folders, or the live sources, watched for changes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from infra.build.targets import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMON_SOURCE = ROOT / "layers" / "common" / "src"
FUNCTIONS = ROOT / "functions"


@dataclass(frozen=True)
class BuiltCode:
    """The folders ``infra.build`` made, exactly as they are deployed.

    Attributes:
        functions: Folder with one folder for each area.
    """

    functions: Path
    path_first: tuple[Path, ...] = ()

    def code(self, area: str) -> Path:
        """Return the folder that stands for ``/var/task``.

        Args:
            area: Folder below ``functions``.
        """
        return self.functions / area

    def stamp(self) -> int:
        """Return a number that changes with the code; built code does not change."""
        return 0


@dataclass(frozen=True)
class LiveCode:
    """The sources themselves, seen through links so that a function finds its own area only.

    Attributes:
        stage: Folder for the links.
        functions: Folder of the areas.
        path_first: Folders searched before the layer.
    """

    stage: Path
    functions: Path = FUNCTIONS
    path_first: tuple[Path, ...] = (COMMON_SOURCE,)

    def code(self, area: str) -> Path:
        """Return the folder that stands for ``/var/task``, made at the first call.

        Args:
            area: Folder below ``functions``.
        """
        link, source = self.stage / area / "functions" / area, self.functions / area
        if not (link.is_symlink() and link.readlink() == source):
            link.parent.mkdir(parents=True, exist_ok=True)
            link.unlink(missing_ok=True)  # of a checkout that has been moved
            link.symlink_to(source, target_is_directory=True)
        return self.stage / area

    def stamp(self) -> int:
        """Return a number that changes whenever a source file is written, added or removed."""
        return hash(tuple(sorted(_states((self.functions, *self.path_first)))))


def _states(folders: tuple[Path, ...]) -> Iterator[tuple[str, int, int]]:
    """Yield path, time and size of every file that functions load."""
    for folder in folders:
        for parent, children, names in os.walk(folder):
            children[:] = [name for name in children if name != "__pycache__"]
            for name in names:
                if not name.endswith(".pyc"):
                    yield from _state(Path(parent) / name)


def _state(path: Path) -> Iterator[tuple[str, int, int]]:
    """Yield the state of one file; nothing when it has just gone, as editors do while saving."""
    try:
        status = path.stat()
    except OSError:
        return
    yield str(path), status.st_mtime_ns, status.st_size
