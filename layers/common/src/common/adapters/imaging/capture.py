"""When and where a photograph was taken, by the Exif data that cameras write (CIPA DC-008, Exif 3.0)."""

from datetime import UTC, datetime
from typing import Any

from PIL import ExifTags, Image

_POLE, _ANTIMERIDIAN = 90, 180


def read_capture(exif: Image.Exif) -> dict[str, Any] | None:
    """The instant as ISO 8601 and the point in degrees, as far as they can be read; ``None`` if neither can.

    An instant without an offset from UTC is left out: it may be half a day wrong.
    """
    try:
        places, details = exif.get_ifd(ExifTags.IFD.GPSInfo), exif.get_ifd(ExifTags.IFD.Exif)
    except (ValueError, TypeError, KeyError, OSError, SyntaxError):
        return None
    point = _point(places)
    at = _by_satellite(places) or _by_clock(details)
    if point is None and at is None:
        return None
    lat, lng = point or (None, None)
    return {"at": at.isoformat() if at else None, "lat": lat, "lng": lng}


def _point(places: dict[int, Any]) -> tuple[float, float] | None:
    try:
        lat = _degrees(places[ExifTags.GPS.GPSLatitude], places.get(ExifTags.GPS.GPSLatitudeRef) == "S")
        lng = _degrees(places[ExifTags.GPS.GPSLongitude], places.get(ExifTags.GPS.GPSLongitudeRef) == "W")
    except (KeyError, ValueError, TypeError, ZeroDivisionError, OverflowError):
        return None
    is_on_earth = abs(lat) <= _POLE and abs(lng) <= _ANTIMERIDIAN  # not so of 0/0, which is no number
    if not is_on_earth or (lat, lng) == (0, 0):  # both are what cameras write for no place
        return None
    return round(lat, 6), round(lng, 6)


def _degrees(parts: Any, is_negative: bool) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return -value if is_negative else value


def _by_satellite(places: dict[int, Any]) -> datetime | None:
    try:
        year, month, day = (int(part) for part in str(places[ExifTags.GPS.GPSDateStamp]).split(":"))
        hour, minute, second = (int(part) for part in places[ExifTags.GPS.GPSTimeStamp])
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except (KeyError, ValueError, TypeError, ZeroDivisionError, OverflowError):
        return None


def _by_clock(details: dict[int, Any]) -> datetime | None:
    try:
        written = f"{details[ExifTags.Base.DateTimeOriginal]}{details[ExifTags.Base.OffsetTimeOriginal]}"
        return datetime.strptime(written, "%Y:%m:%d %H:%M:%S%z").astimezone(UTC)
    except (KeyError, ValueError, TypeError, OverflowError):
        return None
