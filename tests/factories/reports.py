"""Reports of what is broken."""

from __future__ import annotations

from typing import Any

from common.domain.media.photos import Photo
from common.domain.reports.categories import ReportCategory
from common.domain.reports.report import PUBLIC, Report, ReportPlace, ReportStatus, Verification
from common.domain.shared.geo import Point
from common.domain.shared.geohash import geohash
from common.domain.shared.ids import new_id

from tests.fakes.clock import START

#: In Auckland.
LAT, LNG = -36.8485, 174.7633


def make_report(**fields: Any) -> Report:
    """A report that everybody sees, by `usr_1`; fields by name."""
    status = fields.get("status", ReportStatus.VERIFIED)
    place = fields.get("place", ReportPlace(lat=LAT, lng=LNG, address="1 Queen Street"))
    made: dict[str, Any] = {
        "id": fields.get("id") or new_id("rpt", START),
        "status": status,
        "is_public": status in PUBLIC,
        "author_id": "usr_1",
        "title": "A pothole at the corner",
        "description": "Deep enough to break a wheel.",
        "category": ReportCategory.POTHOLE,
        "place": place,
        "geohash": geohash(Point(place.lat, place.lng)),
        "photos": [Photo(media_id="med_1", folder="private/abc", width=2048, height=1536)],
        "verification": Verification(since=START),
        "status_since": START,
        "created_at": START,
        "updated_at": START,
    }
    return Report.model_validate({**made, **fields})
