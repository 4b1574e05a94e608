"""Contexts in which imports find less than there is, for what a library imports and this product does not use.

Nothing is lost: what is left out can still be imported, by whoever needs it.
"""

import importlib
import sys
import typing
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import ModuleType
from typing import Any


@contextmanager
def without(module: str) -> Iterator[None]:
    """Let no import inside the block find a module, unless it is there already; afterwards it can be imported."""
    with _replaced(module, None):
        yield


@contextmanager
def standing_in(*modules: str) -> Iterator[None]:
    """Let imports inside the block take stand-ins for what modules hold, unless these are loaded already.

    What is so imported can be called, which loads the module and calls the real thing; as a class it serves for
    annotations and as a base only.
    """
    if not modules:
        yield
        return
    with _replaced(modules[0], _StandIn(modules[0])), standing_in(*modules[1:]):
        yield


@contextmanager
def lazily(*modules: str) -> Iterator[None]:
    """Let modules that the block imports as a whole (``import x.y``) load when something in them is asked for.

    The standard library's ``LazyLoader`` does not serve: on Python 3.11 the import statement itself makes it load.
    """
    with ExitStack() as stack:
        for name in modules:
            if name not in sys.modules:
                lazy = _Lazy(name)
                stack.enter_context(_replaced(name, lazy))
                package, _, child = name.rpartition(".")
                setattr(importlib.import_module(package), child, lazy)
        yield


@contextmanager
def without_rebuilding() -> Iterator[None]:
    """Let models that are rebuilt inside the block be built at their first use, as all others are."""
    from pydantic import BaseModel  # noqa: PLC0415 - whoever calls this has loaded it

    original = BaseModel.__dict__["model_rebuild"]

    def rebuild(cls: type[BaseModel], /, **given: Any) -> bool | None:
        # The first use of a model, which may be inside the block too, gives arguments; a module's plain call does not.
        return bool(original.__func__(cls, **given)) if given else None

    BaseModel.model_rebuild = classmethod(rebuild)  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        BaseModel.model_rebuild = original  # type: ignore[method-assign]


@contextmanager
def plain_typed_dicts() -> Iterator[None]:
    """Make typed dictionaries of modules that are imported inside the block plain ones."""
    import typing_extensions  # noqa: PLC0415 - only pydantic's own import comes here

    homes = (typing, typing_extensions)
    originals = [home.TypedDict for home in homes]
    for home in homes:
        home.TypedDict = _PlainDict  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for home, original in zip(homes, originals, strict=True):
            home.TypedDict = original  # type: ignore[attr-defined]


class _StandIn(ModuleType):
    """A module that is loaded when something in it is called."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)

        def call(cls: type, *args: Any, **options: Any) -> Any:
            if cls is not made:
                return object.__new__(cls)
            return getattr(_load(self), name)(*args, **options)

        made = type(name, (), {"__new__": call, "__class_getitem__": classmethod(lambda cls, _: cls)})
        return made


class _Lazy(ModuleType):
    """A module of a package that is loaded when something in it is asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(_load(self), name)


def _load(placeholder: ModuleType) -> ModuleType:
    """The real module of a placeholder."""
    if sys.modules.get(placeholder.__name__) is placeholder:
        del sys.modules[placeholder.__name__]
    return importlib.import_module(placeholder.__name__)


class _PlainDict(dict[str, Any]):
    """Base of a typed dictionary whose annotations nobody reads."""

    def __init_subclass__(cls, **_: object) -> None:
        """Take ``total=False`` as ``TypedDict`` does."""


@contextmanager
def _replaced(name: str, module: ModuleType | None) -> Iterator[None]:
    """Put something in a module's place inside the block, unless it is loaded already."""
    is_loaded = name in sys.modules
    if not is_loaded:
        sys.modules[name] = module  # type: ignore[assignment]
    try:
        yield
    finally:
        if not is_loaded and sys.modules.get(name) is module:
            del sys.modules[name]
