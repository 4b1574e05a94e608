"""Which photographs look the same."""

from __future__ import annotations

from common.domain.media.likeness import NEAR_BITS, Candidate, alike, bands_of, distance
from hypothesis import given
from hypothesis import strategies as st

BITS = st.integers(min_value=0, max_value=63)


@given(st.integers(min_value=0, max_value=2**64 - 1), st.sets(BITS, max_size=NEAR_BITS))
def test_hashes_that_differ_by_three_bits_share_a_band(value: int, flipped: set[int]) -> None:
    other = value
    for bit in flipped:
        other ^= 1 << bit
    one, two = f"{value:016x}", f"{other:016x}"
    assert distance(one, two) == len(flipped)
    if bands_of(one) and bands_of(two):
        assert set(bands_of(one)) & set(bands_of(two))


def test_flat_pictures_are_like_nothing() -> None:
    assert bands_of("0" * 16) == bands_of("f" * 16) == bands_of("0000000000000007") == []


def test_the_nearest_come_first_and_the_far_not_at_all() -> None:
    candidates = [
        Candidate("med_far", "f" * 16),
        Candidate("med_3", "0" * 15 + "7"),
        Candidate("med_1", "0" * 15 + "1"),
    ]
    assert alike("0" * 16, candidates, bits=3) == [("med_1", 1), ("med_3", 3)]
