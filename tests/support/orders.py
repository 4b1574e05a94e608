"""Orders in which the same things can happen: all of them at night, evenly chosen ones otherwise."""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_Thing = TypeVar("_Thing")
_IS_NIGHT = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"


def orders(things: Sequence[_Thing], stride: int) -> Iterator[tuple[_Thing, ...]]:
    """Every so many of the things' permutations.

    Args:
        things: what can happen in any order.
        stride: how many to pass over for one that is taken; a prime, so that each thing comes first and last in some.
    """
    return itertools.islice(itertools.permutations(things), 0, None, 1 if _IS_NIGHT else stride)
