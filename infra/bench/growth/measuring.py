"""Times every subject in each marketplace, in turn, and looks at what it examines."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from common.runtime.cold_start import freeze_imports

from infra.bench.growth.examined import Examined, examined
from infra.bench.growth.people import LEAVERS
from infra.bench.growth.subjects import leave, prepare, subjects
from infra.bench.statistics import Timing, summarise

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from infra.bench.growth.marketplace import Marketplace
    from infra.bench.growth.subjects import Subject

_WARMING = 2
#: Runs that the profiler watches; of what they examine the least counts, which leaves out what is done once.
_WATCHED = 2


@dataclass(frozen=True)
class Cost:
    """What a subject costs in one marketplace.

    Attributes:
        timing: Milliseconds of a run, or of each of the things that a run does.
        examined: What a run asks of the database, however many things it does; ``None`` where nobody looked.
    """

    timing: Timing
    examined: Examined | None


@dataclass(frozen=True)
class Grown:
    """What a subject costs in each marketplace, from the smallest to the largest.

    Attributes:
        name: The subject.
        costs: By the number of bookings.
        refusal: What was answered where it is refused.
    """

    name: str
    costs: dict[int, Cost]
    refusal: str = ""

    @property
    def ratio(self) -> float:
        """The largest marketplace's median to the smallest's."""
        medians = [cost.timing.median_ms for cost in self.costs.values()]
        return medians[-1] / medians[0]

    @property
    def tail(self) -> float:
        """The largest marketplace's 99th percentile, or its slowest run where they are few, to its median."""
        timing = list(self.costs.values())[-1].timing
        return (timing.most_ms if timing.p99_ms is None else timing.p99_ms) / timing.median_ms

    @property
    def runs(self) -> int:
        """Of each marketplace."""
        return min(cost.timing.runs for cost in self.costs.values())


async def measure(places: Sequence[Marketplace], runs: Callable[[int], int], say: Callable[[str], None]) -> list[Grown]:
    """Measure everything.

    Args:
        places: The marketplaces, from the smallest to the largest.
        runs: Gives how often something is run that should be run so often.
        say: Told how far it is.
    """
    for place in places:
        say(f"getting {place.database} ready")
        await prepare(place)
    # Requests are measured in this process: its heap, which no function has, would be gone through again and again.
    freeze_imports()
    grown = []
    for subject in subjects():
        say(subject.name)
        grown.append(await _grown(places, subject, runs(subject.runs)))
    say("leaving")
    return grown + await _leaving(places)


async def _grown(places: Sequence[Marketplace], subject: Subject, runs: int) -> Grown:
    taken: dict[int, list[float]] = {place.size: [] for place in places}
    for number in range(-_WARMING, runs):
        for place in places:
            await subject.ready(place, max(number, 0))
            began = time.perf_counter()
            await subject.call(place, max(number, 0))
            if number >= 0:
                taken[place.size].append((time.perf_counter() - began) * 1000 / subject.per)
    looked = {place.size: await _watched(place, subject) for place in places}
    refusals = [refusal for place in places if (refusal := place.notes.get("refused", {}).get(subject.name))]
    costs = {size: Cost(summarise(series), looked[size]) for size, series in taken.items()}
    return Grown(subject.name, costs, refusals[0] if refusals else "")


async def _watched(place: Marketplace, subject: Subject) -> Examined:
    looks = []
    for number in range(_WATCHED):
        await subject.ready(place, number)
        looks.append(await examined(place.stage.container.mongo.db, lambda: subject.call(place, number)))  # noqa: B023
    return min(looks, key=lambda look: (look.keys + look.documents, look.commands))


async def _leaving(places: Sequence[Marketplace]) -> list[Grown]:
    """People who leave, each only once: the request, and what the worker then does."""
    asked: dict[int, list[float]] = {place.size: [] for place in places}
    worked: dict[int, list[float]] = {place.size: [] for place in places}
    for number in range(len(LEAVERS)):
        for place in places:
            place.stage.forget()
            began = time.perf_counter()
            await leave(place, number)
            asked[place.size].append((time.perf_counter() - began) * 1000)
            began = time.perf_counter()
            await place.stage.drain()
            worked[place.size].append((time.perf_counter() - began) * 1000)
    names = {"account deletion": asked, "account deletion: the worker": worked}
    return [
        Grown(name, {size: Cost(summarise(series), None) for size, series in taken.items()})
        for name, taken in names.items()
    ]
