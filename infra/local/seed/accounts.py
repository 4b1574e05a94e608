"""Accounts with known addresses, one for each part somebody can play, and an account for every generated provider."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING, Any

from common.adapters.identity.passwords import Argon2Passwords
from common.adapters.mongo.identity.credentials import MongoCredentials
from common.adapters.mongo.identity.factors import MongoFactors
from common.adapters.mongo.identity.users import user_document
from common.domain.catalogue.providers import Provider, RatingSummary
from common.domain.identity.factors import Factor, FactorKind
from common.domain.identity.roles import Role
from common.domain.identity.sessions import is_staff
from common.domain.identity.users import Address, OnboardingStatus, ProviderStatus, User
from common.domain.scheduling.availability import Availability, TimeRange, WeeklyRule
from common.domain.shared.ids import new_id
from common.runtime.container.settings import FactorSettings

from infra.local.seed import wording

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from random import Random

    from common.runtime.container.bootstrap import Container
    from pymongo.database import Database

    from infra.local.seed.market import Offer

_DOMAIN = "example.com"
_PASSWORD_BYTES = 12
#: Who plays which part: name, telephone number and roles.
_PARTS = {
    "customer": ("Aroha Ngata", "+64211234567", [Role.USER]),
    "provider": ("Tom Fisher", "+64279876543", [Role.USER, Role.PROVIDER]),
    "moderator": ("Mere Tamihana", "+64211234571", [Role.USER, Role.MODERATOR]),
    "operator": ("Ravi Patel", "+64211234572", [Role.USER, Role.OPERATOR]),
    "admin": ("Grace Walker", "+64211234573", [Role.USER, Role.ADMIN]),
    "super admin": ("Hemi Parata", "+64211234574", [Role.USER, Role.SUPER_ADMIN]),
}
HOME = Address(text="1 Queen Street, Auckland", lat=-36.8440, lng=174.7670, is_located=True)

EVERY_DAY = Availability(
    timezone="Pacific/Auckland",
    weekly=[WeeklyRule(weekday=day, ranges=[TimeRange(start=time(8), end=time(20))]) for day in range(7)],
    minimum_notice_minutes=60,
)


@dataclass(frozen=True)
class SignIn:
    """Who can sign in, and with what.

    Attributes:
        who: The part they play.
        email: Their address.
        password: Made for this database, or as it was given.
        totp_secret: Of staff, their authenticator app's, in base 32; empty where there is no ``FACTOR_KEYS``.
    """

    who: str
    email: str
    password: str
    totp_secret: str = ""


async def store_known(container: Container, now: datetime, password: str | None) -> tuple[list[SignIn], User]:
    """Store the known accounts, which may be signed in to.

    Args:
        container: What the marketplace is made of.
        now: The present instant.
        password: The same for all of them; one is made for each when absent.

    Returns:
        The sign-ins, and the provider's account.
    """
    sign_ins = []
    people: dict[str, User] = {}
    credentials, passwords = MongoCredentials(container.mongo), Argon2Passwords()
    for who in _PARTS:
        people[who] = _known(who, now)
        chosen = password or secrets.token_urlsafe(_PASSWORD_BYTES)
        await container.users.insert(people[who])
        await credentials.set_password(people[who].id, await passwords.hash(chosen), now)
        secret = await _give_app(container, people[who], now) if is_staff(people[who]) else ""
        sign_ins.append(SignIn(who, people[who].email, chosen, secret))
    return sign_ins, people["provider"]


async def _give_app(container: Container, user: User, now: datetime) -> str:
    """Add an authenticator app, without which staff may not act; returns its secret."""
    if not container.settings.of(FactorSettings).factor_keys.is_given:
        return ""
    secret, sealed = container.codes.new_secret(user.id)
    factor = Factor(
        id=new_id("fac", now),
        user_id=user.id,
        kind=FactorKind.TOTP,
        name="Authenticator app",
        created_at=now,
        confirmed_at=now,
        sealed_secret=sealed,
    )
    await MongoFactors(container.mongo).insert(factor)
    await container.users.update(user.id, {"factor_kinds": [FactorKind.TOTP]})
    return secret


def as_provider(user: User, offer: Offer) -> Offer:
    """An offer as the known provider's own: near the centre of Auckland, with nobody's ratings."""
    provider = Provider.model_validate(
        {
            **offer.provider.model_dump(),
            "user_id": user.id,
            "address": HOME,
            "service_radius_km": 40.0,
            "timezone": EVERY_DAY.timezone,
            "availability": EVERY_DAY,
            "rating": RatingSummary(),
        }
    )
    services = [service.model_copy(update={"rating": RatingSummary()}) for service in offer.services]
    return type(offer)(provider, services)


def store_owners(db: Database[dict[str, Any]], random: Random, offers: Iterable[Offer], now: datetime) -> None:
    """Store an account for each generated provider; it has no password, so nobody can sign in to it."""
    rows, borne = [], Counter[str]()
    for offer in offers:
        provider, name = offer.provider, wording.person(random)
        borne[name] += 1
        email = f"{name.lower().replace(' ', '.')}{borne[name] if borne[name] > 1 else ''}@{_DOMAIN}"
        user = User(
            id=provider.user_id,
            email=email,
            email_key=email,
            full_name=name,
            roles=[Role.USER, Role.PROVIDER],
            is_verified=True,
            onboarding_status=OnboardingStatus.BILLING_SETUP_COMPLETE,
            provider_status=ProviderStatus.APPROVED,
            provider_id=provider.id,
            created_at=provider.created_at,
            updated_at=now,
        )
        rows.append(user_document(user))
    if rows:
        db["users"].insert_many(rows)


def _known(who: str, now: datetime) -> User:
    name, phone_number, roles = _PARTS[who]
    email = f"{who.replace(' ', '')}@{_DOMAIN}"
    is_provider = Role.PROVIDER in roles
    return User(
        id=new_id("usr", now),
        email=email,
        email_key=email,
        full_name=name,
        phone_number=phone_number,
        address=HOME,
        roles=roles,
        is_verified=True,
        onboarding_path="provider" if is_provider else "seeker",
        onboarding_status=OnboardingStatus.BILLING_SETUP_COMPLETE if is_provider else OnboardingStatus.BASIC_COMPLETE,
        provider_status=ProviderStatus.APPROVED if is_provider else ProviderStatus.NOT_APPLIED,
        created_at=now,
        updated_at=now,
    )
