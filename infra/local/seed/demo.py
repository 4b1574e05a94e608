"""Fills a database with a marketplace that can be signed in to, searched, and booked in."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

import httpx
from common.domain.bookings.booking import ActorKind
from common.domain.bookings.ratings import RatingState
from common.runtime.container.bootstrap import Container
from common.runtime.settings import load_settings
from pymongo import MongoClient

from infra.local.seed import auckland, wording
from infra.local.seed.accounts import SignIn, as_provider, store_known, store_owners
from infra.local.seed.cities import CITIES
from infra.local.seed.loading import load, read_tree
from infra.local.seed.market import Offer, generate
from infra.ops.rebuild.facets import rebuild_facets

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pymongo.database import Database

#: Up to so many providers get accounts, ratings and, at a local Stripe, connected accounts; a larger market is only
#: there to be searched.
LIVELY = 500
_MAX_REVIEWS = 25
_TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True)
class Seeded:
    """What was written.

    Attributes:
        providers: How many.
        services: How many.
        sign_ins: Accounts that can be signed in to.
    """

    providers: int
    services: int
    sign_ins: list[SignIn]


async def seed(environ: Mapping[str, str], *, providers: int, number: int, password: str | None) -> Seeded | None:
    """Fill the database, if it has no providers yet.

    Args:
        environ: ``MONGODB_URI``, ``MONGODB_DATABASE``, ``STAGE``; with ``STRIPE_API_BASE`` and a key, connected
            accounts are made there.
        providers: How many generated ones.
        number: The seed.
        password: Of all known accounts; by default one is made for each.

    Returns:
        ``None`` where there were providers already.
    """
    container = Container(load_settings(environ=environ))
    now = container.clock.now()
    try:
        with MongoClient[dict[str, Any]](environ["MONGODB_URI"], tz_aware=True) as client:
            db = client[environ["MONGODB_DATABASE"]]
            if db["providers"].find_one({}, {"_id": 1}) is not None:
                return None
            sign_ins, owner = await store_known(container, now, password)
            tree = read_tree(db)
            cities = [city for city in CITIES if city.currency in container.platform.currencies] or CITIES
            offers = [*generate(min(providers, LIVELY), number, tree, cities), *auckland.offers(number)]
            own = as_provider(owner, auckland.own_offer(number))
            offers.append(own)
            payee = await _connected_account(environ, container, offers[0])
            offers = [_paid_to(payee, offer) for offer in offers]
            offers[-1] = _paid_to(await _connected_account(environ, container, own), offers[-1])
            offers = [_reviewed(db, Random(f"{number}{offer.provider.id}"), offer, now) for offer in offers]  # noqa: S311
            store_owners(db, Random(number), offers[:-1], now)  # noqa: S311
            services = load(db, offers, tree)
            await rebuild_facets(container)
            await container.users.update(owner.id, {"provider_id": own.provider.id})
            return Seeded(len(offers), services, sign_ins)
    finally:
        await container.close()


async def _connected_account(environ: Mapping[str, str], container: Container, offer: Offer) -> str | None:
    """An account that can be paid to, where a local Stripe runs; generated providers share one, as nobody is them."""
    base = environ.get("STRIPE_API_BASE")
    if not base:
        return None
    provider = offer.provider
    account_id = await container.connect.create_account(
        provider_id=provider.id,
        email=f"{provider.id}@example.com",
        country=container.platform.country,
        name=provider.trading_name,
    )
    async with httpx.AsyncClient(base_url=base, timeout=_TIMEOUT_SECONDS) as client:
        done = await client.post(f"/_control/accounts/{account_id}/onboarding", json={"outcome": "complete"})
        done.raise_for_status()
    return account_id


def _paid_to(account_id: str | None, offer: Offer) -> Offer:
    if account_id is None:
        return offer
    return Offer(offer.provider.model_copy(update={"stripe_account_id": account_id}), offer.services)


def _reviewed(db: Database[dict[str, Any]], random: Random, offer: Offer, now: datetime) -> Offer:
    """Write published ratings that make up the services' summaries; returns the offer with the exact ones."""
    services, rows = [], []
    for service in offer.services:
        stars = [random.choice(wording.REVIEWS) for _ in range(min(service.rating.count, _MAX_REVIEWS))]
        rows += [_rating(service.id, offer.provider.id, index, review, now) for index, review in enumerate(stars)]
        services.append(service.model_copy(update={"rating": wording.summary_of([star for star, _ in stars])}))
    if rows:
        db["ratings"].insert_many(rows)
    everything = wording.summary_of([row["stars"] for row in rows])
    return Offer(offer.provider.model_copy(update={"rating": everything}), services)


def _rating(service_id: str, provider_id: str, index: int, review: tuple[int, str], now: datetime) -> dict[str, Any]:
    key = f"{service_id.removeprefix('svc_')}{index:02}"
    return {
        "_id": f"rtg_{key}",
        "booking_id": f"bkg_{key}",
        "service_id": service_id,
        "provider_id": provider_id,
        "author_id": "usr_seeded",
        "author_kind": ActorKind.CUSTOMER.value,
        "stars": review[0],
        "text": review[1],
        "state": RatingState.PUBLISHED.value,
        "reply": None,
        "published_at": now,
        "created_at": now,
        "updated_at": now,
    }
