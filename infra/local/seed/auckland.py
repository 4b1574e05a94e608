"""Services around one city that a person can believe, so that what one searches for first is there."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from common.domain.catalogue.place_kinds import DEFAULT_PLACE_KINDS, PlaceKind
from common.domain.catalogue.providers import Provider
from common.domain.catalogue.services import CancellationPolicyName, PriceType, Service, ServiceStatus
from common.domain.identity.users import Address, ProviderStatus
from common.domain.shared.money import Money

from infra.local.seed import market, wording

if TYPE_CHECKING:
    from collections.abc import Iterator

_FILE = Path(__file__).with_suffix(".txt")
OWN = "Harbour Home Help"
_LINK = "https://meet.example.com/seeded"
_CURRENCY, _ZONE = "nzd", "Pacific/Auckland"
#: Centres of suburbs, degrees north and east (https://www.openstreetmap.org).
_SUBURBS = {
    "Auckland Central": (-36.8440, 174.7670),
    "Avondale": (-36.8970, 174.6980),
    "Devonport": (-36.8290, 174.7960),
    "Ellerslie": (-36.8980, 174.8080),
    "Epsom": (-36.8900, 174.7700),
    "Glenfield": (-36.7820, 174.7220),
    "Grey Lynn": (-36.8590, 174.7370),
    "Henderson": (-36.8790, 174.6320),
    "Howick": (-36.8930, 174.9330),
    "Kingsland": (-36.8720, 174.7450),
    "Manukau": (-36.9930, 174.8800),
    "Mt Albert": (-36.8840, 174.7190),
    "Mt Eden": (-36.8780, 174.7640),
    "Newmarket": (-36.8700, 174.7770),
    "Onehunga": (-36.9240, 174.7850),
    "Parnell": (-36.8560, 174.7830),
    "Ponsonby": (-36.8497, 174.7400),
    "Remuera": (-36.8790, 174.7990),
    "Sandringham": (-36.8880, 174.7370),
    "St Heliers": (-36.8510, 174.8580),
    "Takapuna": (-36.7870, 174.7730),
}


def offers(seed: int) -> Iterator[market.Offer]:
    """Yield the providers of the list with their services, but for the one that one can sign in as.

    Args:
        seed: The same seed gives the same weeks, policies and ratings.
    """
    return (offer for offer in _listed(seed) if offer.provider.trading_name != OWN)


def _listed(seed: int) -> Iterator[market.Offer]:
    """Yield all providers of the list."""
    random = Random(f"auckland/{seed}")  # noqa: S311 - made-up data need no secrecy
    rows = [[part.strip() for part in line.split("|")] for line in _FILE.read_text(encoding="utf-8").splitlines()]
    listed = [row for row in rows if not row[0].startswith("#")]
    for number, (name, of_provider) in enumerate(groupby(listed, key=lambda row: row[0])):
        yield _offer(random, f"akl{number:04}", name, list(of_provider))


def own_offer(seed: int) -> market.Offer:
    """Return the offer of the provider that one can sign in as.

    Args:
        seed: As for ``offers``.
    """
    return next(offer for offer in _listed(seed) if offer.provider.trading_name == OWN)


def _offer(random: Random, key: str, name: str, rows: list[list[str]]) -> market.Offer:
    """Make a provider from its lines."""
    suburb, first = rows[0][1], rows[0]
    lat, lng = _SUBURBS[suburb]
    made_at = market.EPOCH + timedelta(minutes=Random(f"since/{key}").randrange(400_000))  # noqa: S311 - as above
    services = [_service(random, f"svc_seed{key}{index}", f"prv_seed{key}", row) for index, row in enumerate(rows)]
    provider = Provider.model_construct(
        id=f"prv_seed{key}",
        user_id=f"usr_seed{key}",
        trading_name=name,
        bio=first[6],
        status=ProviderStatus.APPROVED,
        address=Address.model_construct(
            text=f"{suburb}, Auckland", lat=lat, lng=lng, is_located=True, suburb=f"{suburb}, Auckland"
        ),
        service_radius_km=random.choice((15.0, 20.0, 25.0, 30.0)),
        timezone=_ZONE,
        availability=random.choice(market.patterns(_ZONE)),
        stripe_account_id=f"acct_seed{key}",
        is_billable=True,
        is_listed=True,
        rating=wording.summary_of([]),
        version=1,
        created_at=made_at,
        updated_at=made_at,
    )
    return market.Offer(provider, services)


def _service(random: Random, service_id: str, provider_id: str, row: list[str]) -> Service:
    """Make a service from its line."""
    _, _, category, title, price, minutes, description, *places = row
    place_kinds = [PlaceKind(each) for part in places for each in part.split()] or list(DEFAULT_PLACE_KINDS)
    amount, _, unit = price.partition(" ")
    kind = PriceType.QUOTE if amount == "?" else PriceType.HOURLY if unit == "h" else PriceType.FIXED
    return Service.model_construct(
        id=service_id,
        provider_id=provider_id,
        title=title,
        description=description,
        category=category,
        price_type=kind,
        price=None if kind is PriceType.QUOTE else Money.model_construct(amount=int(amount), currency=_CURRENCY),
        duration_minutes=int(minutes),
        images=[],
        status=ServiceStatus.ACTIVE,
        cancellation_policy=random.choice(tuple(CancellationPolicyName)),
        auto_accept=False,
        place_kinds=place_kinds,
        online_link=_LINK if PlaceKind.ONLINE in place_kinds else None,
        rating=market.rating(random),
        version=1,
        created_at=market.EPOCH,
        updated_at=market.EPOCH,
    )
