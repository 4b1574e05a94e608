"""The queues as who runs the product sees them."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Depth(NamedTuple):
    """How many messages wait in a queue, are being worked on, and have failed for good; as SQS counts, about."""

    waiting: int
    in_flight: int
    dead: int


class Moved(NamedTuple):
    """How many dead letters went back to their queue, and whether some may be left."""

    number: int
    is_all: bool


class Queues(Protocol):
    """The queues with their dead letters, by name."""

    def names(self) -> Sequence[str]:
        """The queues there are."""
        ...

    async def depth(self, name: str) -> Depth:
        """How much is in a queue.

        Raises:
            Unavailable: it did not answer.
        """
        ...

    async def redrive(self, name: str, *, most: int) -> Moved:
        """Send dead letters to work again, up to so many; one may be sent twice, none is lost.

        Raises:
            Unavailable: the queue did not answer; what had been moved by then stays so.
        """
        ...
