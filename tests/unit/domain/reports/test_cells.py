"""Cells of the map: they cover what they should, over the date line and at the poles too."""

from __future__ import annotations

import pytest
from common.domain.reports.cells import Box, cell_bounds, count_covering, covering
from common.domain.shared.geo import Point
from common.domain.shared.geohash import geohash
from hypothesis import given
from hypothesis import strategies as st

_LATITUDES = st.floats(-90, 90, allow_nan=False)
_LONGITUDES = st.floats(-180, 180, allow_nan=False)
_LENGTHS = st.integers(1, 9)
#: Degrees; the numbers themselves are not finer.
_EXACT = 1e-9


@given(_LATITUDES, _LONGITUDES, _LENGTHS)
def test_a_point_lies_in_its_cell_and_is_covered_by_it_alone(lat: float, lng: float, length: int) -> None:
    cell = geohash(Point(lat, lng), length)
    bounds = cell_bounds(cell)
    assert bounds.south - _EXACT <= lat <= bounds.north + _EXACT
    assert bounds.west - _EXACT <= lng <= bounds.east + _EXACT
    assert covering(Box(lng, lat, lng, lat), length) == [cell]


@given(_LATITUDES, _LATITUDES, _LONGITUDES, _LONGITUDES, st.integers(1, 3), st.floats(0, 1), st.floats(0, 1))
def test_what_lies_in_a_box_lies_in_a_cell_that_covers_it(
    one: float, other: float, west: float, east: float, length: int, up: float, along: float
) -> None:
    south, north = sorted((one, other))
    box = Box(west, south, east, north)
    cells = covering(box, length)
    assert len(cells) == len(set(cells)) == count_covering(box, length)
    lng = (west + 180 + along * ((east - west) % 360)) % 360 - 180
    assert geohash(Point(south + up * (north - south), lng), length) in cells


def test_a_box_over_the_date_line_has_cells_on_both_sides_and_its_middle_on_it() -> None:
    box = Box(175, -20, -178, -15)
    cells = covering(box, 3)
    assert {cell[0] for cell in cells} == {"r", "2"}
    assert len(cells) < len(covering(Box(-178, -20, 175, -15), 3)) / 10
    assert box.centre == Point(-17.5, 178.5)


@pytest.mark.parametrize("lat", [-90.0, 90.0])
def test_a_pole_has_a_cell(lat: float) -> None:
    assert len(covering(Box(0, lat, 0, lat), 5)) == 1
