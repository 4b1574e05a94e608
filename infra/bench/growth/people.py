"""Who books and who works in a marketplace of some size: the same busy few in each, and ordinary ones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

from infra.bench.growth.patterns import Parties
from infra.local.seed.cities import CITIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CATEGORIES = ("hedge-trimming", "lawn-mowing", "house-cleaning", "window-cleaning", "handyman")
#: Bookings of an ordinary provider, and of an ordinary customer, over two years.
_EACH_PROVIDER, _EACH_CUSTOMER = 250, 20
_KM_PER_DEGREE = 111.32
#: Of each twenty bookings of the busy provider, two are each busy customer's.
_OF_EACH, _EACH_BUSY = 20, 2
#: The one who is read, and those who leave.
READER, LEAVERS = 0, (1, 2, 3)
_REGULARS, _FIRST_REGULAR, _FIRST_ORDINARY = 2_000, 100, 10_000


@dataclass(frozen=True)
class Population:
    """How many of whom.

    Attributes:
        ordinary: Bookings of ordinary people, about.
        busy: Bookings of the busy provider; a tenth of them are each busy customer's.
    """

    ordinary: int
    busy: int

    @property
    def providers(self) -> int:
        """How many providers, the busy one included."""
        return 1 + max(1, self.ordinary // _EACH_PROVIDER)

    @property
    def customers(self) -> int:
        """How many ordinary customers."""
        return max(20, self.ordinary // _EACH_CUSTOMER)

    def bookings_of(self, provider: int) -> int:
        """How many bookings a provider has."""
        return self.ordinary // (self.providers - 1) if provider else self.busy

    def customer_numbers(self) -> Iterator[int]:
        """The numbers of all customers: the busy, the busy provider's regulars, and the ordinary."""
        yield from (READER, *LEAVERS)
        yield from range(_FIRST_REGULAR, _FIRST_REGULAR + _REGULARS)
        yield from range(_FIRST_ORDINARY, _FIRST_ORDINARY + self.customers)

    def customer_of(self, provider: int, booking: int, *, is_closed: bool, random: Random) -> int:
        """Whose a provider's booking is; those who leave have nothing open."""
        if provider:
            return _FIRST_ORDINARY + random.randrange(self.customers)
        busy = booking % _OF_EACH // _EACH_BUSY
        if busy == READER or (busy in LEAVERS and is_closed):
            return busy
        return _FIRST_REGULAR + random.randrange(_REGULARS)


def category_of(provider: int) -> str:
    """What a provider's service is filed under."""
    return CATEGORIES[provider % len(CATEGORIES)]


def user_id(customer: int) -> str:
    """A customer's id; of a length and an alphabet with all others."""
    return f"usr_01k0000000{customer:016d}"


def parties(provider: int, customer: int) -> Parties:
    """The ids of both sides, and where the work is: in the provider's city."""
    profile, owner, service = (f"{prefix}_01k0000001{provider:016d}" for prefix in ("prv", "usr", "svc"))
    lat, lng = _place_of(provider)
    return Parties(user_id(customer), profile, owner, service, lat, lng)


def documents(pattern: Mapping[str, Mapping[str, Any]], population: Population) -> Iterator[tuple[str, dict[str, Any]]]:
    """Accounts, profiles and services of everybody, made after those of the pattern.

    Args:
        pattern: A document of ``customer``, ``owner``, ``provider`` and ``service``.
        population: How many.
    """
    for customer in population.customer_numbers():
        yield "users", _account(pattern["customer"], user_id(customer))
    for number in range(population.providers):
        who = parties(number, READER)
        owner = _account(pattern["owner"], who.provider_user_id)
        yield "users", {**owner, "provider_id": who.provider_id}
        address = {**pattern["provider"]["address"], "lat": who.lat, "lng": who.lng}
        profile = {"_id": who.provider_id, "user_id": who.provider_user_id, "address": address}
        yield "providers", {**pattern["provider"], **profile}
        offer = {"_id": who.service_id, "provider_id": who.provider_id, "category": category_of(number)}
        yield "services", {**pattern["service"], **offer}


def _account(pattern: Mapping[str, Any], account_id: str) -> dict[str, Any]:
    email = f"{account_id}@example.com"
    return {**pattern, "_id": account_id, "email": email, "email_key": email}


def _place_of(provider: int) -> tuple[float, float]:
    """The busy provider and the first of the others are in Auckland, the rest in all cities alike."""
    city = CITIES[0] if provider == 1 else CITIES[provider % len(CITIES)]
    random = Random(provider)  # noqa: S311 - made-up points need no secrecy
    lat = city.lat + random.gauss(0, city.spread_km) / _KM_PER_DEGREE
    return lat, city.lng + random.gauss(0, city.spread_km) / (_KM_PER_DEGREE * math.cos(math.radians(lat)))
