"""The simulated city: it counts right, it is the same each time, and it tells the ways apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infra.bench.matching import city, page
from infra.bench.matching.outcome import Ending, gini
from infra.bench.matching.part import play
from infra.bench.matching.simulation import Simulation
from infra.bench.matching.ways import OTHERS, PRODUCT
from infra.bench.parts import Options

if TYPE_CHECKING:
    from pathlib import Path

_SIZE = {"workers": 40, "jobs": 40, "days": 1}
_WAYS = (PRODUCT, *OTHERS[:2])


def test_every_job_ends_once_and_nobody_works_more_than_fits_into_a_day() -> None:
    small = city.build(1, **_SIZE)
    simulation = Simulation(small, PRODUCT)

    outcome = simulation.run()

    assert outcome.endings.total() == len(small.jobs)
    assert outcome.endings[Ending.FILLED] == sum(outcome.won) == len(outcome.waits) > 0
    assert outcome.offers >= outcome.endings[Ending.FILLED] + outcome.withdrawn
    assert Simulation(small, PRODUCT).run() == outcome


def test_ways_differ_as_they_should_and_are_shown(tmp_path: Path) -> None:
    found = play(_WAYS, [1], **_SIZE)
    ours, everybody, one_by_one = (found[way] for way in _WAYS)

    assert ours.offers < everybody.offers
    assert ours.filled >= one_by_one.filled
    page.write(found, {"cities": 1, **_SIZE}, Options(tmp_path, 0.1, is_full=False, say=print))
    text = (tmp_path / "benchmarks-matching.md").read_text()
    assert "| **waves by score** |" in text
    assert "A trial" in text
    assert (tmp_path / "benchmarks-matching.svg").is_file()


@pytest.mark.parametrize(("counts", "expected"), [([], 0), ([0, 0], 0), ([3, 3, 3], 0), ([0, 0, 0, 4], 0.75)])
def test_unevenness(counts: list[int], expected: float) -> None:
    assert gini(counts) == expected
