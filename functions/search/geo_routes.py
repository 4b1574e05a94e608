"""Addresses to points and back."""

from typing import Annotated

from common.application.ports.catalogue.geocoding import Accuracy, Located
from common.domain.search.places import zone_of
from common.domain.shared.errors import NotFound
from common.runtime.http.rate_limits import limit_lookups
from common.runtime.http.schemas import ResponseModel
from fastapi import APIRouter, Depends, Query

from functions.search.container import ContainerDep

router = APIRouter(prefix="/v1/geo", tags=["places"], dependencies=[Depends(limit_lookups)])


class PointView(ResponseModel):
    """WGS 84 degrees."""

    lat: float
    lng: float


class PlaceView(ResponseModel):
    """An address with its point, how exactly that stands for it, and the time zone there.

    ``confidence`` says from 0 to 1 how sure it is that this place is meant; below 0.5 an address counts as not located.
    ``uncertainty_m`` is how far from the point the address may lie.
    """

    address: str
    location: PointView
    accuracy: Accuracy
    confidence: float
    uncertainty_m: int
    locality: str
    region: str
    country: str
    timezone: str

    @classmethod
    def of(cls, found: Located | None) -> "PlaceView":
        """A place on the wire.

        Raises:
            NotFound: there is none.
        """
        if found is None:
            raise NotFound("No place is known there.", code="place_not_found")
        return cls(
            address=found.label,
            location=PointView(lat=found.lat, lng=found.lng),
            accuracy=found.accuracy,
            confidence=found.confidence,
            uncertainty_m=found.uncertainty_m,
            locality=found.locality,
            region=found.region,
            country=found.country,
            timezone=zone_of(found.country, found.region),
        )


@router.get("/geocode")
async def geocode(container: ContainerDep, q: Annotated[str, Query(min_length=2, max_length=300)]) -> PlaceView:
    """The point of an address."""
    return PlaceView.of(await container.geocoder.locate(q))


@router.get("/reverse")
async def reverse_geocode(
    container: ContainerDep, lat: Annotated[float, Query(ge=-90, le=90)], lng: Annotated[float, Query(ge=-180, le=180)]
) -> PlaceView:
    """The address nearest to a point."""
    return PlaceView.of(await container.geocoder.reverse(lat, lng))
