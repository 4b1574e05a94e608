"""The part of the benchmarks about finding a provider: plays each way in several cities, and writes the page."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from infra.bench.matching import city, page
from infra.bench.matching.outcome import mean
from infra.bench.matching.simulation import Simulation
from infra.bench.matching.ways import EVERY_WAY
from infra.bench.results import Measured, Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.bench.matching.outcome import Figures
    from infra.bench.matching.ways import Way
    from infra.bench.parts import Options

_CITIES = 3
_WORKERS, _JOBS, _DAYS = 200, 600, 8


async def run(options: Options) -> Measured:
    """Play every way.

    Args:
        options: How the benchmarks were asked for; a trial has fewer requests.
    """
    options.say("finding providers in a simulated city")
    jobs = min(_JOBS, options.runs(_JOBS))
    found = await asyncio.to_thread(play, EVERY_WAY, range(_CITIES), _WORKERS, jobs, _DAYS)
    size = {"cities": _CITIES, "workers": _WORKERS, "jobs": jobs, "days": _DAYS}
    page.write(found, size, options)
    return Measured([Section("Finding a provider", "")])


def play(ways: Sequence[Way], seeds: Sequence[int], workers: int, jobs: int, days: int) -> dict[Way, Figures]:
    """The figures of each way, over the same cities.

    Args:
        ways: What is compared.
        seeds: One for each city.
        workers: Providers of a city.
        jobs: Requests of a city.
        days: Over how many days.
    """
    cities = [city.build(seed, workers, jobs, days) for seed in seeds]
    return {way: mean([Simulation(each, way).run().figures() for each in cities]) for way in ways}
