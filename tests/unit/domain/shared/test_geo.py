"""Distances and map tiles."""

from math import asin, atan2, cos, degrees, pi, radians, sin

import pytest
from common.domain.shared.geo import (
    EARTH_RADIUS_M,
    TILE_LEVELS,
    Point,
    blurred,
    covering_tiles,
    distance_m,
    tile,
    tile_bounds,
    tile_km2,
)
from hypothesis import example, given
from hypothesis import strategies as st

points = st.builds(Point, st.floats(-80, 80), st.floats(-180, 179.999))


def test_distance_between_two_cities() -> None:
    auckland, wellington = Point(-36.8485, 174.7633), Point(-41.2865, 174.7762)
    assert distance_m(auckland, wellington) == pytest.approx(494_000, rel=0.01)
    assert distance_m(auckland, auckland) == 0


@given(points, st.floats(100, 200_000), st.floats(0, 2 * pi), st.floats(0, 0.999))
def test_every_point_of_a_disc_lies_in_a_covering_tile(
    centre: Point, radius: float, bearing: float, share: float
) -> None:
    angle = radius * share / EARTH_RADIUS_M
    lat = radians(centre.lat)
    inner = asin(sin(lat) * cos(angle) + cos(lat) * sin(angle) * cos(bearing))
    east = atan2(sin(bearing) * sin(angle) * cos(lat), cos(angle) - sin(lat) * sin(inner))
    lng = (centre.lng + degrees(east) + 180) % 360 - 180
    point = Point(degrees(inner), lng)
    tiles = covering_tiles(centre, radius)
    assert any(tile(point, zoom) in tiles for zoom in TILE_LEVELS)


@given(st.floats(-50, -10), st.floats(-180, 179.999), st.floats(100, 200_000))
def test_few_tiles_cover_any_disc_we_search(lat: float, lng: float, radius: float) -> None:
    assert len(covering_tiles(Point(lat, lng), radius)) <= 36


def test_a_disc_that_goes_around_the_earth_has_each_tile_once() -> None:
    tiles = covering_tiles(Point(60.0, 10.0), 5_000_000)
    assert len(tiles) == len(set(tiles))
    assert any(tile(Point(60.0, -170.0), zoom) in tiles for zoom in TILE_LEVELS)


@given(points)
@example(Point(-36.8529, 174.7400))
@example(Point(0.0, 179.9999))
def test_a_blurred_point_is_near_and_never_within_200_m(point: Point) -> None:
    shown = blurred(point)

    assert 200 <= distance_m(point, shown) <= 1_300
    assert -180 <= shown.lng < 180
    assert shown == blurred(point)


@given(points, st.floats(-0.004, 0.004), st.floats(-0.004, 0.004))
def test_few_points_stand_for_all_addresses_of_a_neighbourhood(point: Point, north: float, east: float) -> None:
    """What is shown tells a cell of a kilometre and nothing within it, however many addresses of it somebody knows."""
    area = [Point(point.lat + north * step / 20, point.lng + east * step / 20) for step in range(20)]
    assert len({blurred(each) for each in area}) <= 6


@given(points, st.sampled_from(TILE_LEVELS))
def test_a_point_lies_within_the_bounds_of_its_tile(point: Point, zoom: int) -> None:
    south, west, north, east = tile_bounds(tile(point, zoom))
    assert south - 1e-9 <= point.lat <= north + 1e-9
    assert west - 1e-9 <= point.lng <= east + 1e-9


def test_a_tile_is_as_large_as_its_level_and_latitude_make_it() -> None:
    assert tile_km2("0/0/0") > 0
    assert tile_km2(tile(Point(-36.85, 174.76), TILE_LEVELS[-1])) == pytest.approx(3.92**2, rel=0.02)
