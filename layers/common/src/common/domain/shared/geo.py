"""Points, distances and map tiles."""

from functools import lru_cache
from math import asin, asinh, atan, cos, degrees, floor, pi, radians, sin, sinh, sqrt, tan
from typing import NamedTuple

#: Mean Earth radius that MongoDB's geospatial queries use, in metres.
EARTH_RADIUS_M = 6_378_100.0
METRES_PER_DEGREE = EARTH_RADIUS_M * pi / 180
#: Web Mercator ends here (https://wiki.openstreetmap.org/wiki/Slippy_map_tilenames).
_MAX_LATITUDE = 85.05


class Point(NamedTuple):
    """Degrees of latitude and longitude, WGS 84."""

    lat: float
    lng: float


def distance_m(left: Point, right: Point) -> float:
    """Great-circle distance in metres (haversine, on the sphere MongoDB uses)."""
    lat1, lat2 = radians(left.lat), radians(right.lat)
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin(radians(right.lng - left.lng) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(half)))


#: Side of the cells that hide an address, and how near its cell's centre an address may lie, in metres.
_BLUR_CELL_M = 1_000.0
_BLUR_LEAST_M = 250.0
#: Towards a pole cells are as wide as here, so that there is a finite number of them.
_BLUR_LEAST_COSINE = 0.01


@lru_cache(maxsize=1024)
def blurred(point: Point) -> Point:
    """The point that is shown in an address's place: the centre of its cell of 1 km, or of the next cell to the east.

    The next cell's where the address lies near its own centre, so that what is shown is never within 200 m of it. The
    answer depends on nothing but where the address is: neither asking again nor other bookings nor other addresses of
    the same cell narrow it down, as an average over random shifts would.

    Args:
        point: the address's.

    Returns:
        A point at least 200 m and at most 1,300 m away.
    """
    row = floor(point.lat * METRES_PER_DEGREE / _BLUR_CELL_M)
    lat = (row + 0.5) * _BLUR_CELL_M / METRES_PER_DEGREE
    width = _BLUR_CELL_M / (METRES_PER_DEGREE * max(_BLUR_LEAST_COSINE, cos(radians(min(90.0, abs(lat))))))
    centre = Point(min(90.0, lat), (floor(point.lng / width) + 0.5) * width)
    if distance_m(point, centre) < _BLUR_LEAST_M:
        centre = Point(centre.lat, centre.lng + width)
    return Point(round(centre.lat, 5), round((centre.lng + 180) % 360 - 180, 5))


#: Zoom levels at which things are filed: tiles of about 125, 16 and 4 km at 37° of latitude.
TILE_LEVELS = (8, 11, 13)
#: A disc is covered by at most about this many tiles; more scans would be merged than one index walk is worth.
_MAX_TILES = 30


def tile(point: Point, zoom: int) -> str:
    """Name of the Web Mercator tile that holds a point: ``zoom/x/y``."""
    x, y = _tile_xy(point, zoom)
    return f"{zoom}/{x % (1 << zoom)}/{y}"


def covering_tiles(centre: Point, radius_m: float) -> list[str]:
    """Tiles of one level that together hold a disc; the finest level that needs few enough.

    Args:
        centre: of the disc.
        radius_m: in metres, at most a few hundred kilometres.
    """
    chosen: list[str] = []
    for zoom in TILE_LEVELS:
        candidate = tiles_at(centre, radius_m, zoom)
        if chosen and len(candidate) > _MAX_TILES:
            break
        chosen = candidate
    return chosen


def tile_bounds(name: str) -> tuple[float, float, float, float]:
    """South, west, north and east of a tile in degrees; its points lie above the south and up to the north of it."""
    zoom, x, y = (int(part) for part in name.split("/"))
    return tile_edges(zoom, x, y)


def tile_edges(zoom: int, x: int, y: int) -> tuple[float, float, float, float]:
    """The same of a tile by its level, column and row; east of the date line where its column counts on over it."""
    size = 1 << zoom
    north, south = (degrees(atan(sinh(pi * (1 - 2 * row / size)))) for row in (y, y + 1))
    return south, x / size * 360 - 180, north, (x + 1) / size * 360 - 180


def tile_km2(name: str) -> float:
    """The area of a tile in square kilometres, as if it were flat."""
    south, west, north, east = tile_bounds(name)
    height, width = (radians(span) * EARTH_RADIUS_M / 1_000 for span in (north - south, east - west))
    return height * width * cos(radians((south + north) / 2))


def tiles_at(centre: Point, radius_m: float, zoom: int) -> list[str]:
    """Tiles of one level that together hold a disc.

    Args:
        centre: of the disc.
        radius_m: in metres, at most a few hundred kilometres.
        zoom: the level.
    """
    left, top, right, bottom = tile_span(centre, radius_m, zoom)
    size = 1 << zoom
    return [f"{zoom}/{x % size}/{y}" for x in range(left, right + 1) for y in range(top, bottom + 1)]


def tile_span(centre: Point, radius_m: float, zoom: int) -> tuple[int, int, int, int]:
    """First column and row and last column and row of the tiles that hold a disc; columns count on over the date line.

    Args:
        centre: of the disc.
        radius_m: in metres, at most a few hundred kilometres.
        zoom: the level.
    """
    lat_span = radius_m / EARTH_RADIUS_M * 180 / pi
    lng_span = lat_span / max(0.05, cos(radians(min(_MAX_LATITUDE, abs(centre.lat) + lat_span))))
    left, top = _tile_xy(Point(centre.lat + lat_span, centre.lng - lng_span), zoom)
    right, bottom = _tile_xy(Point(centre.lat - lat_span, centre.lng + lng_span), zoom)
    return left, top, min(right, left + (1 << zoom) - 1), bottom


def tile_place(point: Point, zoom: int) -> tuple[float, float]:
    """Where a point lies among the tiles of a level: column and row with their fractions."""
    lat = radians(max(-_MAX_LATITUDE, min(_MAX_LATITUDE, point.lat)))
    size = 1 << zoom
    return (point.lng + 180) / 360 * size, (1 - asinh(tan(lat)) / pi) / 2 * size


def _tile_xy(point: Point, zoom: int) -> tuple[int, int]:
    """Column (not wrapped at the date line, so that spans over it stay in order) and row."""
    x, y = tile_place(point, zoom)
    return floor(x), max(0, min((1 << zoom) - 1, floor(y)))
