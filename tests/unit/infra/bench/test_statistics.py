"""Medians, and a 99th percentile only where there are runs for one."""

from infra.bench.statistics import LEAST_RUNS_FOR_P99, summarise


def test_a_short_series_has_a_slowest_run_and_no_percentile() -> None:
    timing = summarise([3.0, 1.0, 2.0, 9.0])

    assert (timing.median_ms, timing.p99_ms, timing.most_ms, timing.runs) == (2.5, None, 9.0, 4)


def test_a_long_series_has_a_percentile() -> None:
    timing = summarise([float(each) for each in range(2 * LEAST_RUNS_FOR_P99)])

    assert (timing.p99_ms, timing.most_ms) == (198.0, 199.0)
