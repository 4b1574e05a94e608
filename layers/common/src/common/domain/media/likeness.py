"""Telling photographs that look the same by their difference hashes of 64 bits."""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

_BAND_BITS = 16
_BANDS = 4
_BAND_MASK = (1 << _BAND_BITS) - 1
#: Everywhere. Four bands and three different bits leave one band the same, by which candidates are found.
NEAR_BITS = 3
#: Of photographs that were taken close to each other.
CLOSE_BITS = 10
CLOSE_METRES = 200
CLOSE_TIME = timedelta(days=60)
#: A picture with fewer edges than this, such as a wall or the sky, is like every other of its kind.
_LEAST_EDGES = 4


class Candidate(NamedTuple):
    """A photograph that may look the same."""

    media_id: str
    dhash: str


def bands_of(dhash: str) -> list[int]:
    """The four bands of a hash, each with its position in the upper bits; none of a picture without edges.

    Args:
        dhash: 16 hexadecimal digits.
    """
    value = int(dhash, 16)
    if not _LEAST_EDGES <= value.bit_count() <= _BAND_BITS * _BANDS - _LEAST_EDGES:
        return []
    return [(band << _BAND_BITS) | (value >> (band * _BAND_BITS) & _BAND_MASK) for band in range(_BANDS)]


def distance(one: str, other: str) -> int:
    """By how many bits two hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def alike(dhash: str, candidates: Iterable[Candidate], *, bits: int) -> list[tuple[str, int]]:
    """Those of the candidates that differ by at most so many bits, the nearest first, with their distances."""
    found = [(each.media_id, distance(dhash, each.dhash)) for each in candidates]
    return sorted((pair for pair in found if pair[1] <= bits), key=lambda pair: (pair[1], pair[0]))
