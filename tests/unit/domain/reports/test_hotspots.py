"""What counters of cells say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import log

import pytest
from common.domain.reports.cells import Box, count_covering
from common.domain.reports.hotspots import (
    HALF_LIFE,
    LENGTHS,
    MOST_CELLS,
    CellWeek,
    Counted,
    hotspots,
    length_for,
    week_of,
)
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
AUCKLAND = Box(174.65, -36.95, 174.90, -36.75)
WORLD = Box(-180, -90, 180, 90)


def _row(reports: list[Counted], cell: str = "rckq") -> CellWeek:
    counts: dict[str, int] = {}
    points: dict[str, int] = {}
    for each in reports:
        counts[each.category] = counts.get(each.category, 0) + 1
        points[each.category] = points.get(each.category, 0) + each.points
    return CellWeek(cell, reports[0].week, counts, points)


def _counted(days: float, votes: int = 0, category: str = "pothole") -> Counted:
    return Counted.of(geohash="rckq2x7yz", category=category, votes=votes, created_at=NOW - timedelta(days=days))


def test_the_score_is_the_sum_over_reports_of_votes_that_fade_by_age() -> None:
    made = [(0.0, 0), (1.0, 3), (2.0, 10)]
    (spot,) = hotspots([_row([_counted(days, votes) for days, votes in made])], None, NOW)
    wanted = sum((1 + log(1 + votes)) * 2 ** (-timedelta(days=days) / HALF_LIFE) for days, votes in made)
    assert spot.score == pytest.approx(wanted, abs=0.002)
    assert (spot.count, spot.by_category) == (3, {"pothole": 3})


@given(st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_week_begins_on_the_monday_before(instant: datetime) -> None:
    week = week_of(instant)
    assert week.weekday() == 0
    assert (week.hour, week.minute) == (0, 0)
    assert timedelta(0) <= instant - week < timedelta(weeks=1)


def test_fewer_than_three_are_not_told_and_a_category_is_counted_on_its_own() -> None:
    rows = [_row([_counted(0), _counted(1), _counted(1, category="graffiti")])]
    assert [spot.count for spot in hotspots(rows, None, NOW)] == [3]
    assert hotspots(rows, "pothole", NOW) == []
    assert hotspots([_row([_counted(0), _counted(0)])], None, NOW) == []


def test_counters_that_were_taken_back_say_nothing() -> None:
    row = CellWeek("rckq", week_of(NOW), {"pothole": 0, "tree": -1, "sign": 3}, {"pothole": 0, "tree": -5, "sign": 3})
    (spot,) = hotspots([row], None, NOW)
    assert spot.by_category == {"sign": 3}


def test_the_highest_score_comes_first_and_no_more_than_a_hundred_come() -> None:
    rows = [_row([_counted(0, votes)] * 3, f"rck{votes:03}") for votes in range(150)]
    spots = hotspots(rows, None, NOW)
    assert len(spots) == MOST_CELLS
    assert spots[0].cell == "rck149"
    assert [spot.score for spot in spots] == sorted((spot.score for spot in spots), reverse=True)


@pytest.mark.parametrize(
    ("box", "zoom", "length"),
    [
        (AUCKLAND, None, 5),
        (AUCKLAND, 11, 5),
        (AUCKLAND, 5, 3),
        (WORLD, None, 1),
        (WORLD, 22, 1),
        (Box(174.76, -36.85, 174.77, -36.84), None, 7),
        (Box(175, -45, -175, -35), None, 3),
    ],
)
def test_cells_are_as_fine_as_a_hundred_of_them_and_the_screen_allow(box: Box, zoom: float | None, length: int) -> None:
    assert length_for(box, zoom) == length
    assert count_covering(box, length) <= MOST_CELLS


@given(st.floats(-90, 90), st.floats(-90, 90), st.floats(-180, 180), st.floats(-180, 180), st.integers(0, 22))
def test_any_rectangle_is_told_in_a_hundred_cells(
    one: float, other: float, west: float, east: float, zoom: int
) -> None:
    box = Box(west, min(one, other), east, max(one, other))
    assert count_covering(box, length_for(box, zoom)) <= MOST_CELLS


def test_a_report_counts_in_one_cell_of_each_length() -> None:
    cells = _counted(0).cells()
    assert [len(cell) for cell in cells] == list(LENGTHS)
    assert all(longer.startswith(shorter) for shorter, longer in pairwise(cells))
