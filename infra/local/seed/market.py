"""Generates providers and their services, the same ones for the same seed."""

from __future__ import annotations

import math
from datetime import UTC, datetime, time, timedelta
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from common.domain.catalogue.providers import Provider, RatingSummary
from common.domain.catalogue.rating_scores import bayesian_score
from common.domain.catalogue.services import CancellationPolicyName, PriceType, Service, ServiceStatus
from common.domain.identity.users import Address, ProviderStatus
from common.domain.scheduling.availability import Availability, TimeRange, WeeklyRule
from common.domain.shared.money import Money

from infra.local.seed import wording
from infra.local.seed.cities import CITIES, City

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from common.domain.catalogue.categories import Category, CategoryTree

_KM_PER_DEGREE = 111.32
_RADII_KM = (5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 60.0)
_DURATIONS = (30, 60, 60, 90, 120, 120, 180, 240)
_SERVICES = (1, 1, 2, 2, 3, 3, 4, 4)
_QUOTE_SHARE, _HOURLY_SHARE, _AUTO_SHARE = 0.06, 0.3, 0.5
#: Half of the services are new; the others have ratings in the long-tailed way marketplaces have.
_UNRATED_SHARE = 0.5
_MEAN_STARS, _STARS_SPREAD = 4.55, 0.35
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
#: Providers generated from one state of the random numbers.
PIECE = 1_000
_POLICIES = tuple(CancellationPolicyName)


class Offer(NamedTuple):
    """A provider with its services."""

    provider: Provider
    services: list[Service]


class Part(NamedTuple):
    """A part of a marketplace.

    Attributes:
        providers: How many.
        seed: The same seed gives the same providers, in whichever pieces they are generated.
        cities: Where.
        prefix: Of the numbers in ids, so that several parts fit into one database.
        only_listings: Leave out the providers and services themselves, for measuring searches.
    """

    providers: int
    seed: int
    cities: tuple[City, ...] = CITIES
    prefix: str = ""
    only_listings: bool = False

    @property
    def pieces(self) -> int:
        """Number of the pieces it is generated in."""
        return -(-self.providers // PIECE)


def generate(
    providers: int, seed: int, tree: CategoryTree, cities: Sequence[City] = CITIES, prefix: str = ""
) -> Iterator[Offer]:
    """Generate providers, spread over cities by population (see ``Part`` for the arguments)."""
    part = Part(providers, seed, tuple(cities), prefix)
    for piece in range(part.pieces):
        yield from generate_piece(part, piece, tree)


def generate_piece(part: Part, piece: int, tree: CategoryTree) -> Iterator[Offer]:
    """Generate one piece of a part; it depends on no other one, so that several processes can share the work."""
    random = Random(f"{part.seed}/{piece}")  # noqa: S311 - made-up data need no secrecy
    leaves = [children for root in tree.children(None) if (children := tree.children(root.id))]
    weights = list(accumulate(city.population for city in part.cities))
    weeks = {city.timezone: patterns(city.timezone) for city in part.cities}
    for number in range(piece * PIECE, min((piece + 1) * PIECE, part.providers)):
        city = random.choices(part.cities, cum_weights=weights)[0]
        yield _offer(random, f"{part.prefix}{number:07}", city, random.choice(leaves), weeks[city.timezone])


def _offer(random: Random, key: str, city: City, leaves: list[Category], weeks: list[Availability]) -> Offer:
    lat, lng = _point(random, city)
    category = random.choice(leaves)
    made_at = EPOCH + timedelta(minutes=random.randrange(400_000))
    provider_id = f"prv_seed{key}"
    chosen = [category, *random.choices(leaves, k=random.choice(_SERVICES) - 1)]
    services = [
        _service(random, f"svc_seed{key}{index}", provider_id, leaf, city, made_at) for index, leaf in enumerate(chosen)
    ]
    count = sum(service.rating.count for service in services)
    total = sum(service.rating.total for service in services)
    provider = Provider.model_construct(
        id=provider_id,
        user_id=f"usr_seed{key}",
        trading_name=wording.trading_name(random, category, city.name),
        bio=wording.description(random, category, city.name),
        status=ProviderStatus.APPROVED,
        address=Address.model_construct(text=city.name, lat=lat, lng=lng, is_located=True),
        service_radius_km=random.choice(_RADII_KM),
        timezone=city.timezone,
        availability=random.choice(weeks),
        stripe_account_id=f"acct_seed{key}",
        is_billable=True,
        is_listed=True,
        rating=_summary(count, total),
        version=1,
        created_at=made_at,
        updated_at=made_at,
    )
    return Offer(provider, services)


def _service(
    random: Random, service_id: str, provider_id: str, category: Category, city: City, made_at: datetime
) -> Service:
    minutes = random.choice(_DURATIONS)
    rate = wording.hourly_rate(random, category.path[0])
    kind, chance = PriceType.FIXED, random.random()
    if chance < _QUOTE_SHARE:
        kind = PriceType.QUOTE
    elif chance < _QUOTE_SHARE + _HOURLY_SHARE:
        kind = PriceType.HOURLY
    amount = rate if kind is PriceType.HOURLY else rate * minutes // 60
    is_quote = kind is PriceType.QUOTE
    return Service.model_construct(
        id=service_id,
        provider_id=provider_id,
        title=wording.title(random, category, city.name),
        description=wording.description(random, category, city.name),
        category=category.id,
        price_type=kind,
        price=None if is_quote else Money.model_construct(amount=amount, currency=city.currency),
        duration_minutes=minutes,
        images=[],
        status=ServiceStatus.ACTIVE,
        cancellation_policy=random.choice(_POLICIES),
        auto_accept=not is_quote and random.random() < _AUTO_SHARE,
        rating=rating(random),
        version=1,
        created_at=made_at,
        updated_at=made_at,
    )


def _point(random: Random, city: City) -> tuple[float, float]:
    north, east = random.gauss(0, city.spread_km), random.gauss(0, city.spread_km)
    lat = city.lat + north / _KM_PER_DEGREE
    return round(lat, 6), round(city.lng + east / (_KM_PER_DEGREE * math.cos(math.radians(lat))), 6)


def rating(random: Random) -> RatingSummary:
    """A made-up summary of ratings: none for half of the services.

    Args:
        random: The random numbers.
    """
    if random.random() < _UNRATED_SHARE:
        return _summary(0, 0)
    count = 1 + int(random.expovariate(1 / 18))
    mean = min(5.0, max(2.5, random.gauss(_MEAN_STARS, _STARS_SPREAD)))
    return _summary(count, round(mean * count))


def _summary(count: int, total: int) -> RatingSummary:
    return RatingSummary.model_construct(count=count, total=total, score=bayesian_score(count, total))


def patterns(timezone: str) -> list[Availability]:
    """Usual working weeks.

    Args:
        timezone: IANA zone.
    """

    def week(days: range, opens: int, closes: int, **rules: int) -> Availability:
        hours = [TimeRange(start=time(opens), end=time(closes))]
        weekly = [WeeklyRule(weekday=day, ranges=hours) for day in days]
        return Availability.model_validate({"timezone": timezone, "weekly": weekly, **rules})

    return [
        week(range(5), 8, 17),
        week(range(6), 7, 16, buffer_after_minutes=30),
        week(range(7), 9, 18, slot_step_minutes=60),
        week(range(5), 9, 15, max_per_day=3, minimum_notice_minutes=1440),
        week(range(2, 7), 10, 20, buffer_before_minutes=15, buffer_after_minutes=15),
    ]
