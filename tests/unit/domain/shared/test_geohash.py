"""Geohashes are those that everybody computes."""

from __future__ import annotations

from common.domain.shared.geo import Point
from common.domain.shared.geohash import geohash
from hypothesis import given
from hypothesis import strategies as st


def test_known_places() -> None:
    assert geohash(Point(57.64911, 10.40744), 11) == "u4pruydqqvj"
    assert geohash(Point(-36.8485, 174.7633), 6) == "rckq2g"
    assert geohash(Point(90, 180), 4) == "zzzz"
    assert geohash(Point(-90, -180), 4) == "0000"


@given(st.floats(-90, 90), st.floats(-180, 180), st.integers(1, 9))
def test_a_shorter_one_is_its_beginning(lat: float, lng: float, length: int) -> None:
    assert geohash(Point(lat, lng)).startswith(geohash(Point(lat, lng), length))
