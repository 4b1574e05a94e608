"""Reports as Open311 GeoReport v2 names their parts (https://wiki.open311.org/GeoReport_v2)."""

from typing import Literal

from common.domain.reports.categories import ReportCategory
from common.runtime.http.schemas import Instant, ResponseModel


class Open311Service(ResponseModel):
    """A kind of request."""

    service_code: ReportCategory
    service_name: str
    description: str
    metadata: Literal[False] = False
    type: Literal["realtime"] = "realtime"
    keywords: str
    group: str


class Open311Request(ResponseModel):
    """A request; `status` knows no more than open and closed, `status_notes` says what the report's own status is."""

    service_request_id: str
    status: Literal["open", "closed"]
    status_notes: str
    service_name: str
    service_code: ReportCategory
    description: str
    agency_responsible: str | None
    service_notice: None = None
    requested_datetime: Instant
    updated_datetime: Instant
    expected_datetime: None = None
    address: str
    address_id: None = None
    zipcode: None = None
    lat: float
    long: float
    media_url: str | None
