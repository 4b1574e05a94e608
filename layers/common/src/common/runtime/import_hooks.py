"""Runs chosen modules' imports inside a context: whoever imports such a module first gets it tuned.

The finder and its loader are such by their methods, not by the base classes in ``importlib.abc``, whose import would
cost a cold start ten milliseconds (https://docs.python.org/3/reference/import.html#finders-and-loaders).
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from importlib.machinery import PathFinder
from types import ModuleType
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec

#: Makes the context in which a module's code runs.
Measure = Callable[[], AbstractContextManager[None]]


def install(measures: Mapping[str, Measure]) -> None:
    """Run the code of modules inside contexts, from now on; modules that are loaded already stay as they are.

    Args:
        measures: by a module's full name, what makes its context.
    """
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder(measures))


class _Finder:
    """Finds what ``sys.path`` has, and puts the chosen modules' loaders into their contexts."""

    def __init__(self, measures: Mapping[str, Measure]) -> None:
        self._measures = measures

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> "ModuleSpec | None":
        """Answer for the chosen modules only; all others are for the finders behind this one."""
        if fullname not in self._measures:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = cast("Loader", _Loader(spec.loader, self._measures[fullname]))
        return spec


class _Loader:
    """Loads as the real loader does, inside the context; the module then knows the real one alone."""

    def __init__(self, real: "Loader", measure: Measure) -> None:
        self._real = real
        self._measure = measure

    def create_module(self, spec: "ModuleSpec") -> ModuleType | None:
        """Leave it to the real loader."""
        spec.loader = self._real
        module = self._real.create_module(spec)
        spec.loader = cast("Loader", self)
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's code."""
        module.__loader__ = self._real
        if module.__spec__ is not None:
            module.__spec__.loader = self._real
        with self._measure():
            self._real.exec_module(module)
