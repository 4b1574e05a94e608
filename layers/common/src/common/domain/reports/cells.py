"""Rectangles on the map, and the geohash cells that cover them (``domain.shared.geohash``)."""

from typing import NamedTuple

from common.domain.shared.geo import Point
from common.domain.shared.geohash import BITS, DIGITS, cell_name, column_of, row_of, sides

_VALUES = {digit: value for value, digit in enumerate(DIGITS)}


class Box(NamedTuple):
    """A rectangle in degrees; one whose west is greater than its east lies over the date line (RFC 7946, 5.2)."""

    west: float
    south: float
    east: float
    north: float

    @property
    def centre(self) -> Point:
        """The point in its middle."""
        width = (self.east - self.west) % 360
        return Point((self.south + self.north) / 2, (self.west + width / 2 + 180) % 360 - 180)


def cell_bounds(cell: str) -> Box:
    """The rectangle of a cell."""
    column = row = 0
    is_longitude = True
    for digit in cell:
        for shift in range(BITS - 1, -1, -1):
            bit = _VALUES[digit] >> shift & 1
            if is_longitude:
                column = column << 1 | bit
            else:
                row = row << 1 | bit
            is_longitude = not is_longitude
    columns, rows = sides(len(cell))
    west, east = (each / columns * 360 - 180 for each in (column, column + 1))
    south, north = (each / rows * 180 - 90 for each in (row, row + 1))
    return Box(west, south, east, north)


def count_covering(box: Box, length: int) -> int:
    """How many cells of a length cover a rectangle, without naming them."""
    columns, rows = _spans(box, length)
    return len(rows) * sum(map(len, columns))


def covering(box: Box, length: int) -> list[str]:
    """The cells of a length that cover a rectangle."""
    columns, rows = _spans(box, length)
    return [cell_name(column, row, length) for span in columns for column in span for row in rows]


def _spans(box: Box, length: int) -> tuple[list[range], range]:
    """Columns, in two spans over the date line, and rows."""
    columns, rows = sides(length)
    west, east = (column_of(each, columns) for each in (box.west, box.east))
    south, north = (row_of(each, rows) for each in (box.south, box.north))
    if box.west <= box.east:
        return [range(west, east + 1)], range(south, north + 1)
    if west <= east:  # both ends in one column: nearly all the way around
        return [range(columns)], range(south, north + 1)
    return [range(west, columns), range(east + 1)], range(south, north + 1)
