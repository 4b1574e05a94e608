"""What is due, taken by one caller."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Due(Generic[T]):
    """What one caller has taken to work on.

    Args:
        rows: for this caller alone.
        unreadable: names of rows that this code does not know, for people to look at.
        is_all: whether nothing more was due; several callers at once may each get little of a full batch.
    """

    rows: Sequence[T] = ()
    unreadable: Sequence[str] = ()
    is_all: bool = True
