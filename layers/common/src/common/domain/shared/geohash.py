"""Geohashes: a place as a short text whose beginnings name ever larger cells (https://en.wikipedia.org/wiki/Geohash).

The cells of a length are a grid, its columns from west to east and its rows from south to north. Bits of column and row
take turns in a name, the column's first, five to a digit.
"""

from math import floor

from common.domain.shared.geo import Point

DIGITS = "0123456789bcdefghjkmnpqrstuvwxyz"
BITS = 5
#: About five metres.
PRECISION = 9


def geohash(point: Point, length: int = PRECISION) -> str:
    """The cell of a point.

    Args:
        point: in degrees.
        length: digits; 4 are about 39 by 20 km at the equator, 7 about 150 m.
    """
    columns, rows = sides(length)
    return cell_name(column_of(point.lng, columns), row_of(point.lat, rows), length)


def sides(length: int) -> tuple[int, int]:
    """How many columns and rows there are; where the number of bits is odd, longitude has one more."""
    bits = length * BITS
    return 1 << (bits + 1) // 2, 1 << bits // 2


def column_of(lng: float, columns: int) -> int:
    """The column of a longitude."""
    return _step((lng + 180) / 360, columns)


def row_of(lat: float, rows: int) -> int:
    """The row of a latitude."""
    return _step((lat + 90) / 180, rows)


def cell_name(column: int, row: int, length: int) -> str:
    """The name of a cell.

    A binary numeral read in base 4 has a gap behind each bit, into which the other's fits.
    """
    spread_column, spread_row = int(f"{column:b}", 4), int(f"{row:b}", 4)
    is_odd = length * BITS % 2
    value = spread_column + 2 * spread_row if is_odd else 2 * spread_column + spread_row
    return "".join(DIGITS[value >> BITS * place & 31] for place in range(length - 1, -1, -1))


def _step(share: float, parts: int) -> int:
    """Which of the equal parts a share of the whole falls into; the far edge belongs to the last one."""
    return min(max(floor(share * parts), 0), parts - 1)
