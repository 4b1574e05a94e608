"""Discs as tiles of different sizes."""

from __future__ import annotations

import random
from math import cos, hypot, pi, radians, sin

import pytest
from common.domain.shared.geo import EARTH_RADIUS_M, Point, tile, tile_place
from common.domain.shared.patches import (
    CELL_LEVEL,
    MOST_PATCHES,
    PATCH_LEVELS,
    Patch,
    cells_from,
    patches_of,
    share_of_square,
)
from hypothesis import example, given
from hypothesis import strategies as st

_centres = st.builds(Point, st.floats(-50, 50), st.floats(-180, 179.999))


@given(_centres, st.floats(100, 200_000), st.floats(0, 2 * pi), st.floats(0, 0.98))
@example(Point(-17.7, 179.999), 150_000.0, 0.0, 0.9)
@example(Point(-17.7, -180.0), 150_000.0, pi, 0.9)
def test_each_point_of_a_disc_lies_in_one_patch(centre: Point, radius: float, bearing: float, away: float) -> None:
    degree = EARTH_RADIUS_M * pi / 180
    lat = centre.lat + sin(bearing) * radius * away / degree
    across = degree * max(cos(radians(lat)), cos(radians(centre.lat)))
    lng = (centre.lng + cos(bearing) * radius * away / across + 180) % 360 - 180
    names = [patch.name for patch in patches_of(centre, radius)]
    assert sum(tile(Point(lat, lng), zoom) in names for zoom in PATCH_LEVELS) == 1
    assert len(names) <= MOST_PATCHES


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(0.01, 3), st.floats(0, 6))
def test_a_share_is_that_of_the_area(x: float, y: float, side: float, radius: float) -> None:
    steps = [((step + 0.5) / 40 - 0.5) * side for step in range(40)]
    inside = sum(hypot(x + across, y + down) <= radius for across in steps for down in steps) / len(steps) ** 2
    assert share_of_square(x, y, side, radius) == pytest.approx(inside, abs=0.06)


def test_cells_are_counted_the_shorter_way_around_the_earth() -> None:
    fiji = Point(-17.7, 179.99)
    east, south = cells_from(fiji, 0.5, tile_place(fiji, CELL_LEVEL)[1])
    assert east == pytest.approx(1.4, abs=0.1)
    assert south == 0


def test_patches_are_small_near_the_middle() -> None:
    chance = random.Random(3)  # noqa: S311 - repeatable places
    for _ in range(20):
        centre = Point(chance.uniform(-46, -12), chance.uniform(113, 178))
        patches = patches_of(centre, chance.choice((5_000, 25_000, 100_000, 200_000)))
        [own] = [patch for patch in patches if patch.nearest == 0 and tile(centre, _zoom(patch)) == patch.name]
        assert _zoom(own) >= PATCH_LEVELS[-3]


def _zoom(patch: Patch) -> int:
    return int(patch.name.partition("/")[0])
