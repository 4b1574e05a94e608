"""What keeps a target and what does not."""

from dataclasses import replace

import pytest

from infra.bench.results import Held, Measured, Row, Section, State, compare, judge
from infra.bench.statistics import LEAST_RUNS, Timing
from infra.bench.targets import Target
from infra.build.targets import ROOT

_ENOUGH = Timing(10.0, None, 20.0, LEAST_RUNS)


def _state(target: Target, *held: Held) -> list[State]:
    return [verdict.state for verdict in judge(held, [target])]


def test_a_ratio_is_met_to_the_digits_that_are_shown() -> None:
    assert _state(Target.CREATE, Held(Target.CREATE, 1.804)) == [State.MET]
    assert _state(Target.CREATE, Held(Target.CREATE, 1.806)) == [State.MISSED]


def test_ahead_means_less() -> None:
    limit = Target.PEER.limit
    assert limit.is_met(0.99)
    assert not limit.is_met(1.0)


def test_what_was_not_measured_did_not_keep_its_target() -> None:
    assert _state(Target.CREATE) == [State.UNMEASURED]


def test_each_thing_that_a_target_covers_is_measured() -> None:
    first, *others = Target.WORKER.limit.covers

    states = _state(Target.WORKER, Held(Target.WORKER, 1.0, first))

    assert states == [State.MET, *([State.UNMEASURED] * len(others))]


def test_the_worst_of_several_figures_decides() -> None:
    (verdict,) = judge([Held(Target.ACT, 1.0), Held(Target.ACT, 2.0), Held(Target.ACT, 1.5)], [Target.ACT])

    assert (verdict.state, verdict.value) == (State.MISSED, 2.0)


def test_a_median_of_few_runs_is_no_measurement() -> None:
    few = replace(_ENOUGH, runs=LEAST_RUNS - 1)

    assert _state(Target.ACT, *compare("ours", few, _ENOUGH, Target.ACT).figures) == [State.UNMEASURED]
    assert _state(Target.ACT, *compare("ours", _ENOUGH, few, Target.ACT).figures) == [State.UNMEASURED]
    assert _state(Target.ACT, *compare("ours", _ENOUGH, _ENOUGH, Target.ACT).figures) == [State.MET]


def test_a_figure_names_something_that_its_target_covers() -> None:
    with pytest.raises(ValueError, match="WARM_READ does not cover"):
        Held(Target.WARM_READ, 1.0, "nothing we have")


def test_all_figures_of_a_part_are_judged() -> None:
    own, row = Held(Target.ACT_TRIPS, 6), Held(Target.ACT, 1.0)

    measured = Measured([Section("Acting", "", [Row("ours", _ENOUGH, 1.0, (row,))], (own,))])

    assert measured.figures == [row, own]


def test_every_http_function_is_covered() -> None:
    areas = {path.parent.name for path in (ROOT / "functions").glob("*/app.py")}

    for target in (Target.WARM_READ, Target.RESTORE, Target.INIT):
        assert set(target.limit.covers) == areas


def test_every_worker_is_covered() -> None:
    files = [*(ROOT / "functions").glob("*/*_queue.py"), *(ROOT / "functions").glob("*/*_schedule.py")]

    measured_with_many_bookings = {"reconciliation_schedule"}
    assert set(Target.WORKER.limit.covers) == {path.stem for path in files} - measured_with_many_bookings
