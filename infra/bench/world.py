"""The small world that is measured in: a migrated database, one provider with a service, customers with tokens."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from common.adapters.mongo.shared.documents import to_document
from common.domain.catalogue.providers import Provider
from common.domain.catalogue.services import Service, ServiceStatus
from common.domain.identity.roles import Role
from common.domain.identity.users import Address, ProviderStatus, User
from common.domain.media.photos import Photo
from common.domain.reports.categories import ReportCategory
from common.domain.reports.report import REPORT_PREFIX, Report, ReportPlace, ReportStatus, Verification
from common.domain.scheduling.availability import Availability, TimeRange, WeeklyRule
from common.domain.shared.geo import Point
from common.domain.shared.geohash import geohash
from common.domain.shared.ids import new_id
from common.domain.shared.money import Money
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from infra.bench.production import common_variables
from infra.bench.servers import MAIL_FROM
from infra.bench.tokens import access_token, publish_keys
from infra.ops.container import operating
from infra.ops.migrations.runner import migrate

if TYPE_CHECKING:
    from common.domain.shared.model import Model
    from common.runtime.container.bootstrap import Container

DATABASE = "bench"
WEBHOOK_SECRET = "whsec_bench"  # noqa: S105 - known to nobody but this run
_KEY_BITS = 2048
_TOKEN_LIFETIME = timedelta(hours=6)
_STEP_MINUTES = 30
#: More than a page of them.
_REPORTS = 25
_SECRETS = frozenset({"MONGODB_URI", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRETS", "JWT_SIGNING_KEYS", "FACTOR_KEYS"})
_HOME = Address(text="1 Queen Street, Auckland", lat=-36.8440, lng=174.7670, is_located=True)


@dataclass(frozen=True)
class World:
    """What requests are made with.

    Attributes:
        environment: Variables with secrets by value, for baselines and for what runs in this process.
        production: Variables of our functions besides those that the template gives each: secrets by name.
        secrets: Values of the secrets, by the template's parameter with their name.
        user: The customer.
        provider: Open round the clock, every half hour.
        service: One hour for a fixed price.
        staff_id: An administrator's account.
        token: The customer's access token.
        provider_token: The provider's.
        staff_token: The administrator's.
    """

    environment: dict[str, str]
    production: dict[str, str]
    secrets: dict[str, str]
    user: User
    provider: Provider
    service: Service
    staff_id: str
    token: str
    provider_token: str
    staff_token: str


async def make_world(mongodb_uri: str, stripe_url: str, queue_url: str, database: str = DATABASE) -> World:
    """Migrate the database and store the few rows that requests need.

    Args:
        mongodb_uri: A replica set.
        stripe_url: The local Stripe.
        queue_url: Where functions send their messages.
        database: Its name.
    """
    migrate(mongodb_uri, database)
    environment = _environment(mongodb_uri, stripe_url, queue_url) | {"MONGODB_DATABASE": database}
    now = datetime.now(UTC).replace(microsecond=0)
    owner = _user("tom@example.com", now, [Role.USER, Role.PROVIDER])
    provider = _provider(owner, now)
    owner = owner.model_copy(update={"provider_id": provider.id, "provider_status": ProviderStatus.APPROVED})
    customer = _user("aroha@example.com", now, [Role.USER])
    service = _service(provider, now)
    staff = _user("mere@example.com", now, [Role.USER, Role.ADMIN])
    async with operating(environment) as container:
        await store(container, "users", owner, customer, staff)
        await store(container, "providers", provider)
        await store(container, "services", service)
        await store(container, "reports", *(_report(now + timedelta(milliseconds=n)) for n in range(_REPORTS)))
        await publish_keys(container, now)
        tokens = [access_token(container, user, now, _TOKEN_LIFETIME) for user in (customer, owner, staff)]
    production, secrets = _by_name(environment)
    return World(environment, production, secrets, customer, provider, service, staff.id, *tokens)


def double(user: User) -> User:
    """Somebody else with the same particulars, under an id and an address of their own.

    Args:
        user: Whom they are like.
    """
    user_id = new_id("usr", datetime.now(UTC))
    email = f"{user_id}@example.com"
    return user.model_copy(update={"id": user_id, "email": email, "email_key": email})


async def store(container: Container, collection: str, *models: Model) -> None:
    """Store things as they are.

    Args:
        container: Whose database.
        collection: Where.
        models: What.
    """
    await container.mongo.collection(collection).insert_many([to_document(model) for model in models])


def webhook_signature(body: bytes) -> str:
    """The header by which Stripe signs an event right now (https://docs.stripe.com/webhooks#verify-manually).

    Args:
        body: The event as it is sent.
    """
    at = int(datetime.now(UTC).timestamp())
    signed = hmac.new(WEBHOOK_SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={signed}"


def nth_start(number: int) -> datetime:
    """The number-th free start from tomorrow on, two hours apart, within the booking window.

    Raises:
        ValueError: the window holds no more.
    """
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=1, hours=2 * number)
    if start > datetime.now(UTC) + timedelta(days=364):
        raise ValueError("the booking window holds no more slots")
    return start


def _environment(mongodb_uri: str, stripe_url: str, queue_url: str) -> dict[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return {
        "STAGE": "test",
        "BOOKING_SETTINGS": '{"holds_per_address": 1000000}',
        "MATCHING_SETTINGS": '{"open_offers_limit": 1000000, "requests_per_day": 1000000, "live_requests": 1000000}',
        "LOG_LEVEL": "INFO",
        "MONGODB_URI": mongodb_uri,
        "MONGODB_DATABASE": DATABASE,
        "PUBLIC_BASE_URL": "https://api.example.com",
        "PUBLIC_CACHE_ENTRIES": "0",
        "LOOKUPS_PER_MINUTE": "1000000",
        "SEARCHES_PER_MINUTE": "1000000",
        "FRONTEND_BASE_URL": "https://www.example.com",
        "MAIL_FROM": MAIL_FROM,
        "STRIPE_SECRET_KEY": "sk_test_bench",
        "STRIPE_WEBHOOK_SECRETS": WEBHOOK_SECRET,
        "STRIPE_API_BASE": stripe_url,
        "NOTIFICATIONS_QUEUE_URL": queue_url,
        "PAYMENT_CHECKS_QUEUE_URL": queue_url,
        "STRIPE_EVENTS_QUEUE_URL": queue_url,
        "REALTIME_QUEUE_URL": queue_url,
        "REALTIME_URL": "wss://api.example.com/v1/realtime",
        "REALTIME_CONNECTIONS_URL": "https://api.example.com",
        "MEDIA_QUEUE_URL": queue_url,
        "MATCHING_QUEUE_URL": queue_url,
        "REPORTS_QUEUE_URL": queue_url,
        "MEDIA_BUCKET": "photos",
        "JWT_SIGNING_KEYS": json.dumps({"keys": [{"kid": "bench", "private_pem": pem, "active": True}]}),
        "FACTOR_KEYS": Fernet.generate_key().decode(),
        "AWS_REGION": "ap-southeast-2",
        "AWS_ACCESS_KEY_ID": "000000000000",
        "AWS_SECRET_ACCESS_KEY": "bench",
    }


def _by_name(environment: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The same variables for functions that get their secrets by name, and the secrets."""
    stripe = {"secret_key": environment["STRIPE_SECRET_KEY"], "webhook_secrets": [WEBHOOK_SECRET]}
    secrets = {
        "MongodbSecretName": environment["MONGODB_URI"],
        "StripeSecretName": json.dumps(stripe),
        "JwtSigningKeysSecretName": environment["JWT_SIGNING_KEYS"],
        "FactorKeysSecretName": environment["FACTOR_KEYS"],
    }
    rest = {name: value for name, value in environment.items() if name not in _SECRETS}
    return {**rest, **common_variables(), "STAGE": "bench"}, secrets


def _report(now: datetime) -> Report:
    """A report that everybody sees."""
    point = Point(-36.8485, 174.7633)
    return Report(
        id=new_id(REPORT_PREFIX, now), status=ReportStatus.VERIFIED, is_public=True, title="A pothole at the corner",
        description="Deep enough to break a wheel, and full of water when it rains.", category=ReportCategory.POTHOLE,
        place=ReportPlace(lat=point.lat, lng=point.lng), geohash=geohash(point),
        photos=[Photo(media_id=new_id("med", now), folder="private/bench", width=2048, height=1536)],
        verification=Verification(since=now), status_since=now, created_at=now, updated_at=now,
    )  # fmt: skip


def _user(email: str, now: datetime, roles: list[Role]) -> User:
    return User(
        id=new_id("usr", now), email=email, email_key=email, full_name="Someone", phone_number="+64215550123",
        roles=roles, is_verified=True, created_at=now, updated_at=now,
    )  # fmt: skip


def _provider(owner: User, now: datetime) -> Provider:
    day = [TimeRange(start=time(0), end=time(0))]
    availability = Availability(
        timezone="Pacific/Auckland",
        weekly=[WeeklyRule(weekday=weekday, ranges=day) for weekday in range(7)],
        slot_step_minutes=_STEP_MINUTES,
        minimum_notice_minutes=0,
        booking_window_days=365,
    )
    return Provider(
        id=new_id("prv", now), user_id=owner.id, trading_name="Fisher Garden Care", status=ProviderStatus.APPROVED,
        address=_HOME, timezone="Pacific/Auckland", availability=availability, stripe_account_id="acct_bench",
        is_billable=True, is_listed=True, created_at=now, updated_at=now,
    )  # fmt: skip


def _service(provider: Provider, now: datetime) -> Service:
    return Service(
        id=new_id("svc", now), provider_id=provider.id, title="Hedge trimming", category="hedge-trimming",
        description="An hour of careful hedge trimming, clippings taken away.",
        price=Money(amount=12_500, currency="nzd"), duration_minutes=60, status=ServiceStatus.ACTIVE,
        created_at=now, updated_at=now,
    )  # fmt: skip
