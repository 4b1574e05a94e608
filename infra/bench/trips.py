"""Round trips of one request, counted from when its commands were sent and answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from infra.bench.results import Cost

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMMIT = "commitTransaction"


class Command(NamedTuple):
    """One command as the driver saw it.

    Attributes:
        name: Such as ``find``.
        collection: What it is about; empty where it is about none.
        started: When it was sent, in seconds of any clock.
        ended: When it was answered.
    """

    name: str
    collection: str
    started: float
    ended: float


class Trace(NamedTuple):
    """One request, watched.

    Attributes:
        commands: What it asked the database.
        outside: What it asked others: Stripe, a queue.
        started: When it began.
        ended: When it had been answered.
    """

    commands: Sequence[Command]
    outside: Sequence[Command]
    started: float
    ended: float

    @property
    def cost(self) -> Cost:
        """Its commands, sequential round trips and transactions."""
        commits = sum(each.name == _COMMIT for each in self.commands)
        return Cost(len(self.commands), sequential(self.commands, self.outside), commits)


def sequential(commands: Sequence[Command], outside: Sequence[Command] = ()) -> int:
    """The most commands of which each was sent after the one before had been answered; those that overlap are one.

    A command that is answered while somebody outside is being asked keeps nobody waiting, and is none: the question was
    sent without its answer, and is still open when it comes.

    Args:
        commands: All that a request sent, in any order.
        outside: Its calls to others.
    """
    number, free_at = 0, float("-inf")
    for command in sorted(commands, key=lambda each: each.ended):
        is_hidden = any(call.started < command.ended <= call.ended for call in outside)
        if command.started >= free_at and not is_hidden:
            number, free_at = number + 1, command.ended
    return number


def typical(traces: Sequence[Trace]) -> Trace:
    """The request with the median number of round trips; of those, the one with the median duration."""
    ordered = sorted(traces, key=lambda each: (each.cost.trips, each.ended - each.started))
    return ordered[len(ordered) // 2]
