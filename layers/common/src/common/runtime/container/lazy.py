"""A part that is made when it is first used: what needs a secret that not every function has."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

T = TypeVar("T")


class _Lazy:
    """Passes everything on to a part that is made with the first attribute asked for."""

    def __init__(self, make: Callable[[], object]) -> None:
        self._make = make

    def __getattr__(self, name: str) -> Any:
        return getattr(self._make(), name)


def lazy(make: Callable[[], T]) -> T:
    """Stand for a part until it is used.

    Args:
        make: gives the part, the same one each time.

    Returns:
        What behaves as the part does; it is no instance of the part's class.
    """
    return cast("T", _Lazy(make))
