"""Geocoders over HTTP, and what goes around them: the shared breaker, the cache, the fallback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
import time_machine
from common.adapters.clock import SystemClock
from common.adapters.geocoding.addressable import Addressable
from common.adapters.geocoding.decorators import (
    CachedGeocoder,
    FallbackGeocoder,
    GuardedGeocoder,
    PacedGeocoder,
    PlausibleGeocoder,
)
from common.adapters.geocoding.gazetteer import Gazetteer
from common.adapters.geocoding.http import http_source
from common.adapters.geocoding.nominatim import Nominatim
from common.adapters.mongo.shared.breakers import MongoBreakers
from common.application.ports.catalogue.geocoding import Accuracy, Located
from common.domain.search.places import zone_of
from common.domain.shared.errors import Unavailable

from tests.support import api_client, make_container, make_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock

NOMINATIM = {
    "lat": "-36.8529",
    "lon": "174.7400",
    "display_name": "12, Ponsonby Road, Ponsonby, Auckland, 1011, New Zealand",
    "address": {
        "house_number": "12",
        "road": "Ponsonby Road",
        "suburb": "Ponsonby",
        "city": "Auckland",
        "state": "Auckland",
        "ISO3166-2-lvl4": "NZ-AUK",
        "country_code": "nz",
    },
}
ADDRESSABLE = {
    "street_number": "26-28",
    "street": "Ramsay Street",
    "locality": "Rochester",
    "region": "VIC",
    "postcode": "3561",
    "lon": "144.699065",
    "lat": "-36.359784",
    "formatted": "26-28 Ramsay Street, Rochester VIC 3561",
}


class Service:
    """An HTTP service that can be unavailable, and counts."""

    def __init__(self, answer: Callable[[httpx.Request], Any]) -> None:
        self.requests: list[httpx.Request] = []
        self.is_unavailable = False
        self._answer = answer

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self._handle))

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.is_unavailable:
            raise httpx.ConnectTimeout("away")
        return httpx.Response(200, json=self._answer(request))


def _breakers(container: Container) -> MongoBreakers:
    return MongoBreakers(container.mongo, SystemClock(), threshold=3, window_seconds=60, rest_seconds=30)


async def test_nominatim_is_read_and_asked_as_it_documents() -> None:
    service = Service(lambda request: [NOMINATIM] if request.url.path == "/search" else NOMINATIM)
    geocoder = Nominatim("https://nominatim.test", service.client)
    found = await geocoder.locate("12 Ponsonby Road")
    assert found is not None
    assert (found.lat, found.lng, found.accuracy) == (-36.8529, 174.74, Accuracy.ADDRESS)
    assert (found.locality, found.country) == ("Auckland", "NZ")
    assert service.requests[0].url.params["countrycodes"] == "nz,au"
    assert await geocoder.reverse(-36.8529, 174.74) == found


async def test_addressable_is_read_and_asked_as_it_documents() -> None:
    service = Service(lambda request: [ADDRESSABLE] if request.url.params["country_code"] == "AU" else [])
    found = await Addressable(lambda: "key", "https://addressable.test", service.client).locate("26 Ramsay Street")
    assert found is not None
    assert (found.lat, found.lng, found.accuracy) == (-36.359784, 144.699065, Accuracy.ADDRESS)
    assert zone_of(found.country, found.region) == "Australia/Melbourne"
    assert {request.url.params["api_key"] for request in service.requests} == {"key"}


async def test_answers_are_kept_for_a_day(container: Container, clock: FakeClock) -> None:
    service = Service(lambda request: [NOMINATIM] if "Ponsonby" in str(request.url) else [])
    geocoder = CachedGeocoder(Nominatim("https://cached.test", service.client), container.mongo, clock)
    first = await geocoder.locate("12 Ponsonby  Road")
    assert await geocoder.locate("12 ponsonby road") == first
    assert await geocoder.locate("nowhere") is None
    assert await geocoder.locate("nowhere") is None
    assert len(service.requests) == 2
    clock.advance(hours=24, seconds=1)
    await geocoder.locate("12 Ponsonby Road")
    assert len(service.requests) == 3


async def test_the_breaker_opens_for_all_instances_and_closes_again(container: Container) -> None:
    await container.mongo.collection("breakers").delete_many({})
    service = Service(lambda _: [NOMINATIM])
    inner = Nominatim("https://guarded.test", service.client)
    here, elsewhere = (GuardedGeocoder(inner, _breakers(container)) for _ in range(2))
    service.is_unavailable = True
    with time_machine.travel("2026-11-21T00:00:00Z", tick=False) as traveller:
        for _ in range(3):
            with pytest.raises(Unavailable):
                await here.locate("Auckland")
        assert len(service.requests) == 3
        with pytest.raises(Unavailable):
            await elsewhere.locate("Auckland")
        assert len(service.requests) == 3
        service.is_unavailable = False
        traveller.shift(31)
        assert await elsewhere.locate("Auckland") is not None
        assert await here.locate("Auckland") is not None
        assert len(service.requests) == 5


async def test_failures_long_apart_do_not_open_the_breaker(container: Container) -> None:
    await container.mongo.collection("breakers").delete_many({})
    service = Service(lambda _: [NOMINATIM])
    service.is_unavailable = True
    geocoder = GuardedGeocoder(Nominatim("https://slow.test", service.client), _breakers(container))
    with time_machine.travel("2026-11-21T00:00:00Z", tick=False) as traveller:
        for _ in range(5):
            with pytest.raises(Unavailable):
                await geocoder.locate("Auckland")
            traveller.shift(61)
    assert len(service.requests) == 5


@pytest.mark.parametrize("answer", [[{}], ["text"], {"lat": "north"}, [{"lat": "x", "lon": "y"}], 7])
async def test_an_answer_that_cannot_be_read_is_no_answer(answer: Any) -> None:
    service = Service(lambda _: answer)
    for geocoder in (
        Nominatim("https://odd.test", service.client),
        Addressable(lambda: "key", "https://odd.test", service.client),
    ):
        with pytest.raises(Unavailable):
            await geocoder.locate("12 Ponsonby Road")


async def test_a_point_in_the_sea_has_no_address() -> None:
    service = Service(lambda _: {"error": "Unable to geocode"})
    assert await Nominatim("https://sea.test", service.client).reverse(-45.0, -150.0) is None


async def test_all_instances_together_ask_once_a_second(container: Container, clock: FakeClock) -> None:
    service = Service(lambda _: [NOMINATIM])
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)
        clock.advance(seconds=seconds)

    inner = Nominatim("https://paced.test", service.client)
    here, elsewhere = (PacedGeocoder(inner, container.rate_limits, clock, wait) for _ in range(2))
    assert await here.locate("Ponsonby") is not None
    assert await elsewhere.locate("Ponsonby") is not None
    assert (waits, len(service.requests)) == ([1], 2)


async def test_who_waits_in_vain_is_not_answered(container: Container, clock: FakeClock) -> None:
    async def no_wait(_: float) -> None:
        """Somebody else was first again."""

    service = Service(lambda _: [NOMINATIM])
    clock.advance(hours=1)
    inner = Nominatim("https://paced.test", service.client)
    paced = PacedGeocoder(inner, container.rate_limits, clock, no_wait)
    assert await paced.locate("Ponsonby") is not None
    with pytest.raises(Unavailable):
        await paced.locate("Ponsonby")
    assert len(service.requests) == 1


async def test_a_service_learns_whom_to_write_to() -> None:
    client = http_source("ops@gigsta.example")()
    assert client.headers["user-agent"] == "GigSta (ops@gigsta.example)"
    await client.aclose()


@pytest.mark.parametrize(
    ("variables", "is_paced"),
    [
        (
            {"GEOCODER": "nominatim", "GEOCODER_CONTACT": "x", "GEOCODER_URL": "https://nominatim.openstreetmap.org"},
            True,
        ),
        ({"GEOCODER": "nominatim", "GEOCODER_CONTACT": "x", "GEOCODER_URL": "https://own.test"}, False),
        ({"GEOCODER": "addressable", "GEOCODER_API_KEY": "key"}, False),
    ],
)
async def test_only_the_public_server_is_asked_slowly(
    mongodb_uri: str, migrated_database: str, variables: dict[str, str], is_paced: bool
) -> None:
    settings = make_settings(mongodb_uri, migrated_database, **variables)
    made = make_container(mongodb_uri, migrated_database, settings=settings)
    geocoder = made.geocoder
    assert isinstance(geocoder, FallbackGeocoder)
    assert isinstance(geocoder._first, PlausibleGeocoder)
    assert isinstance(geocoder._first._inner, CachedGeocoder)
    assert isinstance(geocoder._first._inner._inner, PacedGeocoder) is is_paced
    await made.close()


async def test_the_gazetteer_helps_out_while_the_service_is_unavailable(container: Container, clock: FakeClock) -> None:
    await container.mongo.collection("breakers").delete_many({})
    service = Service(lambda _: [NOMINATIM])
    service.is_unavailable = True
    guarded = GuardedGeocoder(Nominatim("https://away.test", service.client), _breakers(container))
    geocoder = FallbackGeocoder(CachedGeocoder(guarded, container.mongo, clock), Gazetteer())
    found = [await geocoder.locate("3 The Strand, Tauranga") for _ in range(5)]
    assert {place.locality for place in found if place} == {"Tauranga"}
    assert len(service.requests) == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 Ponsonby Road, Auckland 1011, New Zealand", "Ponsonby"),
        ("Wellington Street, Auckland", "Auckland"),
        ("5 King St, Newtown NSW 2042, Australia", "Newtown, Sydney"),
        ("Newtown, Wellington", "Newtown, Wellington"),
        ("Mt Eden", "Mount Eden"),
        ("whangārei", "Whangarei"),
        ("the moon", None),
    ],
)
async def test_the_gazetteer_finds_the_most_specific_place(text: str, expected: str | None) -> None:
    found: Located | None = await Gazetteer().locate(text)
    assert (found.label.startswith(expected) if found and expected else found is None) is True


async def test_the_routes_answer_points_and_addresses(container: Container) -> None:
    async with api_client("search", container) as client:
        there = await client.get("/v1/geo/geocode", params={"q": "Fitzroy, Melbourne"})
        assert there.json()["location"] == {"lat": -37.799, "lng": 144.978}
        assert there.json()["timezone"] == "Australia/Melbourne"
        back = await client.get("/v1/geo/reverse", params={"lat": -41.28, "lng": 174.78})
        assert back.json()["region"] == "Wellington"
        nowhere = await client.get("/v1/geo/geocode", params={"q": "atlantis"})
        assert (nowhere.status_code, nowhere.json()["code"]) == (404, "place_not_found")
        assert (await client.get("/v1/geo/reverse", params={"lat": 91, "lng": 0})).status_code == 422
