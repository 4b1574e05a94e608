"""Query parameters of searches."""

from typing import Annotated

from common.application.ports.search.listings import ListingKind
from common.application.search.queries import MAX_RADIUS_KM, SearchQuery, Sort
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.shared.money import MAX_AMOUNT, CurrencyCode
from common.runtime.http.paging import Cursor, Limit
from common.runtime.http.schemas import Instant
from pydantic import BaseModel, ConfigDict, Field

Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Text = Annotated[str, Field(min_length=1, max_length=200)]
MinorUnits = Annotated[int, Field(ge=0, le=MAX_AMOUNT)]


class SearchParams(BaseModel):
    """What to look for, where, and in which order.

    Prices are what one booking costs, in minor units of one ``currency``: filters and the order by price compare only
    what is priced in it, and leave out services by quote. Without ``currency`` it is what the nearest listings are
    priced in, or, without a point, the best rated ones.

    ``place_kind`` finds what can be done there. Without one a point finds what can be had in person around it:
    providers who come there, and places within the radius to go to. Online no point counts: where one is given, it and
    the radius are not looked at.
    """

    model_config = ConfigDict(extra="forbid")

    q: Text | None = None
    category: Annotated[str, Field(max_length=64)] | None = None
    lat: Latitude | None = None
    lng: Longitude | None = None
    address: Annotated[str, Field(min_length=2, max_length=200)] | None = None
    radius_km: Annotated[float, Field(gt=0, le=MAX_RADIUS_KM, allow_inf_nan=False)] | None = None
    min_rating: Annotated[float, Field(ge=0, le=5, allow_inf_nan=False)] | None = None
    currency: CurrencyCode | None = None
    min_price: MinorUnits | None = None
    max_price: MinorUnits | None = None
    available_from: Instant | None = None
    available_to: Instant | None = None
    provider_name: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    place_kind: PlaceKind | None = None
    sort: Sort = Sort.RELEVANCE
    facets: bool = True
    limit: Limit = 20
    cursor: Cursor = None

    def search_query(self, kind: ListingKind) -> SearchQuery:
        """The query of the use case."""
        return SearchQuery(
            kind=kind,
            text=self.q,
            category=self.category,
            lat=self.lat,
            lng=self.lng,
            address=self.address,
            radius_km=self.radius_km,
            min_rating=self.min_rating,
            currency=self.currency,
            min_price=self.min_price,
            max_price=self.max_price,
            free_from=self.available_from,
            free_to=self.available_to,
            provider_name=self.provider_name,
            place_kind=self.place_kind,
            sort=self.sort,
        )


class NearParams(BaseModel):
    """A point that may be left out."""

    model_config = ConfigDict(extra="forbid")

    lat: Latitude | None = None
    lng: Longitude | None = None
    limit: Annotated[int, Field(ge=1, le=20)] = 8


class SuggestParams(NearParams):
    """A text as typed so far, and a point to prefer what is near."""

    q: Text
