"""Working on a batch of what is due: a few at once, and none of them stopped by what another one meets."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple, TypeVar

from common.domain.shared.events import Event

T = TypeVar("T")

#: Worked on at once; the connection pool of a function is about as large.
_WIDTH = 4


class UnreadableRowError(RuntimeError):
    """A stored row is nothing that this code knows; a person has to look at it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} cannot be read; its timers do not fire")


class Done(NamedTuple):
    """What was done to one of a batch, and what is to be told of it."""

    actions: Sequence[str]
    events: Sequence[Event]


async def work_on_each(subjects: Sequence[T], work: Callable[[T], Awaitable[Done]]) -> Sequence[Done | BaseException]:
    """Work on each of a batch, a few at once; what one meets does not stop the others.

    Returns:
        What was done to each, or what it has met, in their order.
    """
    limit = asyncio.Semaphore(_WIDTH)

    async def one(subject: T) -> Done:
        async with limit:
            return await work(subject)

    return await asyncio.gather(*map(one, subjects), return_exceptions=True)


class Tally:
    """How much a sweep has done by the action, and the first fault that it has met."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._fault: BaseException | None = None

    def add(self, outcomes: Sequence[Done | BaseException]) -> list[Event]:
        """Count what became of a batch; what is to be told of it."""
        events: list[Event] = []
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                self.counts["failed"] += 1
                self._fault = self._fault or outcome
            else:
                self.counts.update(outcome.actions)
                events += outcome.events
        return events

    def result(self) -> Counter[str]:
        """The counts, once everything has been done.

        Raises:
            BaseException: the first fault met.
        """
        if self._fault is not None:
            raise self._fault
        return self.counts
