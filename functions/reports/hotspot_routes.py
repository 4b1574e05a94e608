"""Where much is reported."""

from typing import Annotated

from common.application.reports.hotspots import find_hotspots
from common.domain.reports.categories import ReportCategory
from common.domain.reports.cells import Box
from common.domain.reports.hotspots import Hotspot
from common.runtime.http.public_cache import CachedRoute, cache_for
from common.runtime.http.queries import query_of
from common.runtime.http.rate_limits import limit_searches
from common.runtime.http.schemas import Instant, ResponseModel
from fastapi import APIRouter, Depends
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from functions.reports.container import ContainerDep

router = APIRouter(
    prefix="/v1/reports", tags=["reports"], route_class=CachedRoute, dependencies=[Depends(limit_searches)]
)

_NUMBER = r"-?\d{1,3}(?:\.\d{1,12})?"
_MOST_LONGITUDE, _MOST_LATITUDE = 180, 90


def _on_earth(text: str) -> str:
    west, south, east, north = map(float, text.split(","))
    if abs(west) > _MOST_LONGITUDE or abs(east) > _MOST_LONGITUDE:
        raise ValueError("longitudes lie between -180 and 180")
    if not -_MOST_LATITUDE <= south <= north <= _MOST_LATITUDE:
        raise ValueError("latitudes lie between -90 and 90, and the south is not greater than the north")
    return text


BoundingBox = Annotated[
    str,
    Field(
        pattern=f"^{_NUMBER}(?:,{_NUMBER}){{3}}$",
        max_length=70,
        description="West, south, east and north in degrees, between commas, as in GeoJSON; over the date line the "
        "west is greater than the east.",
        examples=["174.65,-36.95,174.90,-36.75"],
    ),
    AfterValidator(_on_earth),
]


class HotspotParams(BaseModel):
    """Which part of the map, and what is counted."""

    model_config = ConfigDict(extra="forbid")

    bbox: BoundingBox
    zoom: Annotated[float, Field(ge=0, le=22, allow_inf_nan=False)] | None = None
    category: ReportCategory | None = None
    since: Instant | None = None

    @property
    def box(self) -> Box:
        """The part of the map."""
        return Box(*map(float, self.bbox.split(",")))


class BoundsView(ResponseModel):
    """A rectangle in degrees, WGS 84."""

    west: float
    south: float
    east: float
    north: float


class CentreView(ResponseModel):
    """WGS 84 degrees."""

    lat: float
    lng: float


class HotspotView(ResponseModel):
    """A cell of the map (a geohash) in which at least three reports lie.

    ``score`` is Σ (1 + ln(1 + votes)) · 2^(-age / 30 days) over its reports: what many people say lately is high.
    """

    cell: str
    bounds: BoundsView
    location: CentreView
    count: int
    score: float
    by_category: dict[ReportCategory, int]

    @classmethod
    def of(cls, spot: Hotspot) -> "HotspotView":
        """A hotspot on the wire."""
        centre = spot.bounds.centre
        return cls(
            cell=spot.cell,
            bounds=BoundsView(**spot.bounds._asdict()),
            location=CentreView(lat=centre.lat, lng=centre.lng),
            count=spot.count,
            score=spot.score,
            by_category={ReportCategory(name): count for name, count in spot.by_category.items()},
        )


class HotspotsView(ResponseModel):
    """Hotspots, the highest score first.

    ``precision`` is the length of the cells' names; ``since`` the Monday from which on reports are counted.
    """

    items: list[HotspotView]
    precision: int
    since: Instant


@router.get("/hotspots", dependencies=[Depends(cache_for(20))])
async def list_hotspots(
    container: ContainerDep, params: Annotated[HotspotParams, Depends(query_of(HotspotParams))]
) -> HotspotsView:
    """Where much is reported, in at most a hundred cells of the map.

    The cells are as fine as a hundred of them, and the `zoom` of the map where it is given, allow. What is hidden
    leaves them within a minute. `since` counts from the Monday before it, a year back at most; without it, 90 days.
    """
    found = await find_hotspots(
        container.report_cells, params.box, zoom=params.zoom, category=params.category, since=params.since
    )
    return HotspotsView(items=[HotspotView.of(spot) for spot in found.spots], precision=found.length, since=found.since)
