"""A disc as map tiles of different sizes: small ones near its middle and at its edge, large ones between."""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from math import cos, hypot, log, radians, sqrt

from common.domain.shared.geo import METRES_PER_DEGREE, Point, tile_edges, tile_place, tile_span

#: Levels of the tiles that a disc is made of; each tile is four of the next level, the largest 125 km wide at 37°.
PATCH_LEVELS = (8, 9, 10, 11, 12, 13)
#: The level of the cells that places are rounded to: about a kilometre. Positions and lengths in cells are of it.
CELL_LEVEL = 15
#: So many tiles are read at most for one disc.
MOST_PATCHES = 32
#: A share of a square is the sum of so many strips.
_STRIPS = 8
_CELLS = 1 << CELL_LEVEL
#: Nearer than this people are as dense as they get, and nobody's reach ends.
_CORE_M = 3_000.0
#: How much a tile that the edge of the disc cuts is to be split, against one that the reach of all its people cuts.
_EDGE_WEIGHT = 1.0


@dataclass(frozen=True, slots=True)
class Patch:
    """One tile by its name, how long a cell is between it and the middle of the disc, and its least distance.

    Lengths are in metres.
    """

    name: str
    cell_m: float
    nearest: float
    furthest: float


def patches_of(centre: Point, radius_m: float) -> Sequence[Patch]:
    """Tiles that together hold a disc and do not overlap, at most ``MOST_PATCHES`` unless the largest are more.

    What is most in doubt is split first: large tiles near the middle, where people are and where their reach ends, and
    those that the edge of the disc cuts.

    Args:
        centre: of the disc.
        radius_m: in metres, at most a few hundred kilometres.
    """
    first = PATCH_LEVELS[0]
    left, top, right, bottom = tile_span(centre, radius_m, first)
    order = count()
    waiting: list[tuple[float, int, int, int, int, Patch]] = []
    done: list[Patch] = []

    def put(zoom: int, x: int, y: int) -> None:
        patch = _patch(centre, zoom, x, y)
        if patch.nearest > radius_m:
            return
        if zoom == PATCH_LEVELS[-1]:
            done.append(patch)
        else:
            heappush(waiting, (-_doubt(patch, radius_m), next(order), zoom, x, y, patch))

    for x in range(left, right + 1):
        for y in range(top, bottom + 1):
            put(first, x, y)
    while waiting and len(done) + len(waiting) + 3 <= MOST_PATCHES:
        _, _, zoom, x, y, _ = heappop(waiting)
        for column in (2 * x, 2 * x + 1):
            for row in (2 * y, 2 * y + 1):
                put(zoom + 1, column, row)
    return [*done, *(each[-1] for each in waiting)]


def cells_from(centre: Point, x: float, y: float) -> tuple[float, float]:
    """How many cells a position lies to the east and to the south of a point, the shorter way around the earth."""
    left, top = tile_place(centre, CELL_LEVEL)
    return (x - left + _CELLS / 2) % _CELLS - _CELLS / 2, y - top


def share_of_square(x: float, y: float, side: float, radius: float) -> float:
    """How much of the area of a square around a position lies within a distance of 0, 0; any unit of length."""
    half = side / 2
    if radius <= hypot(max(0.0, abs(x) - half), max(0.0, abs(y) - half)):
        return 0.0
    if radius >= hypot(abs(x) + half, abs(y) + half):
        return 1.0
    inside, width = 0.0, side / _STRIPS
    for strip in range(_STRIPS):
        column = x - half + (strip + 0.5) * width
        if abs(column) < radius:
            high = sqrt(radius * radius - column * column)
            inside += max(0.0, min(y + half, high) - max(y - half, -high))
    return inside / (_STRIPS * side)


def _patch(centre: Point, zoom: int, x: int, y: int) -> Patch:
    """A tile; ``x`` counts on over the date line, as the middle's does."""
    south, left, north, right = tile_edges(zoom, x, y)
    middle = radians((south + north) / 2)
    across = METRES_PER_DEGREE * cos(middle)
    west, east = ((edge - centre.lng) * across for edge in (left, right))
    low, high = ((edge - centre.lat) * METRES_PER_DEGREE for edge in (south, north))
    nearest = hypot(max(west, 0.0, -east), max(low, 0.0, -high))
    furthest = hypot(max(-west, east), max(-low, high))
    cell = METRES_PER_DEGREE * 360 / _CELLS * cos((middle + radians(centre.lat)) / 2)
    return Patch(f"{zoom}/{x % (1 << zoom)}/{y}", cell, nearest, furthest)


def _doubt(patch: Patch, radius_m: float) -> float:
    """How much may be wrong about a tile, where people are the denser the nearer, and reach by factors."""
    away = (patch.nearest + patch.furthest) / 2 + _CORE_M
    across = (patch.furthest - patch.nearest) / away
    is_cut = patch.furthest > radius_m
    return across * across * (log((patch.furthest + _CORE_M) / (patch.nearest + _CORE_M)) + _EDGE_WEIGHT * is_cut)
