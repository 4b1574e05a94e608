"""What every function shares: settings, clock, database, access, queues, limits."""

import asyncio
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from pydantic import field_validator

from common.adapters.aws.sqs import SqsPublisher
from common.adapters.aws.sqs_client import SqsCaller
from common.adapters.clock import OffsetClock, SystemClock
from common.adapters.identity.tokens import TokenIssuer, TokenVerifier
from common.adapters.mongo.identity.principals import MongoPrincipals
from common.adapters.mongo.identity.signing_keys import MongoSigningKeys
from common.adapters.mongo.shared.database import Mongo
from common.adapters.mongo.shared.expiry import MongoExpiry
from common.adapters.mongo.shared.idempotency import MongoIdempotency
from common.adapters.mongo.shared.outbox import MongoOutbox
from common.adapters.mongo.shared.processed_events import MongoProcessedEvents
from common.adapters.mongo.shared.rate_limits import MongoRateLimits
from common.adapters.probes import Probes
from common.adapters.warm_up import warm_up_http
from common.application.identity.access import AccessDeps
from common.application.ports.shared.clock import Clock
from common.application.ports.shared.limits import IdempotencyStore, RateLimits
from common.application.ports.shared.outbox import Outbox, ProcessedEvents, Publisher
from common.application.shared.cleanup import CleanupDeps
from common.application.shared.deadline import seconds_left
from common.application.shared.outbox import OutboxDeps
from common.domain.payments.platform import Platform, platform_problems
from common.domain.shared.phones import warm_up as warm_up_phones
from common.domain.shared.topics import Topic
from common.runtime.container.protocol import ContainerProtocol
from common.runtime.observability.logging import get_logger
from common.runtime.secrets import fetch_secret
from common.runtime.secrets import warm_up as warm_up_secrets
from common.runtime.settings import BaseUrl, CoreSettings, Names, SecretRef, Settings, SettingsGroup


class HttpSettings(SettingsGroup):
    """What functions that answer HTTP need: the API's public address, which is the issuer of access tokens."""

    needed = ("public_base_url",)

    public_base_url: BaseUrl = ""


class FrontendSettings(SettingsGroup):
    """What functions that lead people to the product's pages need."""

    needed = ("frontend_base_url",)

    frontend_base_url: BaseUrl = ""


class EventSettings(SettingsGroup):
    """What functions whose use cases emit events need: each topic's queue."""

    needed = ("notifications_queue_url", "payment_checks_queue_url")

    notifications_queue_url: str = ""
    payment_checks_queue_url: str = ""

    def queue_urls(self) -> dict[Topic, str]:
        """Each topic's queue."""
        return {Topic.NOTIFICATIONS: self.notifications_queue_url, Topic.PAYMENTS: self.payment_checks_queue_url}


class TokenSettings(SettingsGroup):
    """What issuing access tokens needs.

    Attributes:
        jwt_signing_keys: the private keys as JSON, ``{"keys": [{"kid", "private_pem", "active"}]}``.
    """

    needed = ("jwt_signing_keys",)

    jwt_signing_keys: SecretRef


class PlatformSettings(SettingsGroup):
    """Where our Stripe account is.

    Attributes:
        platform_country: its country.
        settlement_currencies: in which it has bank accounts besides that country's own.
    """

    platform_country: str = "NZ"
    settlement_currencies: Names = ()

    @field_validator("platform_country")
    @classmethod
    def _is_known(cls, country: str) -> str:
        if platform_problems(country, ()):
            raise ValueError("no country for an account")
        return country

    @field_validator("settlement_currencies")
    @classmethod
    def _are_codes(cls, currencies: tuple[str, ...]) -> tuple[str, ...]:
        lowered = tuple(currency.lower() for currency in currencies)
        if platform_problems(cls.model_fields["platform_country"].default, lowered):
            raise ValueError("no currencies")
        return lowered


class StripeApiSettings(SettingsGroup):
    """Another server that speaks Stripe's API, such as the local one."""

    stripe_api_base: str | None = None


class CoreContainer:
    """What every function shares, and the base of every other area's parts.

    Args:
        settings: the checked settings.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def replace(self, **parts: Any) -> Self:
        """Put other implementations in the place of parts, before they are first used; returns the container.

        Raises:
            AttributeError: there is no part of that name.
        """
        for name, part in parts.items():
            if name not in self._part_names():
                raise AttributeError(f"the container has no part named {name}")
            self.__dict__[name] = part
        return self

    @property
    def public_base_url(self) -> str:
        """The API's public address, which is the issuer of its tokens too; without a slash at its end."""
        return self.settings.of(HttpSettings).public_base_url

    @property
    def frontend_base_url(self) -> str:
        """The address of the product's pages, without a slash at its end."""
        return self.settings.of(FrontendSettings).frontend_base_url

    @cached_property
    def platform(self) -> Platform:
        """Where our Stripe account is, and in which currencies it settles."""
        settings = self.settings.of(PlatformSettings)
        return Platform(settings.platform_country, frozenset(settings.settlement_currencies))

    @property
    def container(self) -> ContainerProtocol:
        """The whole container, for parts of one area that need another's; only the whole knows it."""
        raise NotImplementedError

    @classmethod
    def _part_names(cls) -> set[str]:
        return {name for name in dir(cls) if isinstance(getattr(cls, name), cached_property)}

    @cached_property
    def clock(self) -> Clock:
        """The clock; a developer may move it on the local stage."""
        settings = self.settings.of(CoreSettings)
        if settings.clock_file and settings.is_local:
            return OffsetClock(Path(settings.clock_file))
        return SystemClock()

    @cached_property
    def mongo(self) -> Mongo:
        """The database."""
        settings = self.settings.of(CoreSettings)
        return Mongo(settings.mongodb_uri.get, settings.mongodb_database)

    @cached_property
    def signing_keys(self) -> MongoSigningKeys:
        """Public token signing keys."""
        return MongoSigningKeys(self.mongo)

    @cached_property
    def access(self) -> AccessDeps:
        """What authenticating a request needs."""
        tokens = TokenVerifier(self.public_base_url, self.signing_keys)
        return AccessDeps(self.clock, tokens, MongoPrincipals(self.mongo))

    @cached_property
    def token_issuer(self) -> TokenIssuer:
        """Signs access tokens; only the identity functions have the private keys."""
        return TokenIssuer(self.public_base_url, self.settings.of(TokenSettings).jwt_signing_keys.get)

    @cached_property
    def sqs(self) -> SqsCaller:
        """Calls SQS."""
        return SqsCaller()

    @cached_property
    def publisher(self) -> Publisher:
        """The queues."""
        return SqsPublisher(self.sqs, self.settings.of(EventSettings).queue_urls(), self.clock, _warn)

    @cached_property
    def outbox(self) -> Outbox:
        """Events that have committed and wait to be published."""
        return MongoOutbox(self.mongo, _warn)

    @cached_property
    def outbox_sweep(self) -> OutboxDeps:
        """What publishing left-over events needs."""
        return OutboxDeps(self.clock, self.outbox, self.publisher)

    @cached_property
    def cleanup(self) -> CleanupDeps:
        """What removing expired things needs."""
        return CleanupDeps(self.clock, MongoExpiry(self.mongo))

    @cached_property
    def probes(self) -> Probes:
        """Signs of life of what the product depends on."""
        return Probes(
            self.mongo,
            self.settings.of(EventSettings).notifications_queue_url,
            self.settings.of(StripeApiSettings).stripe_api_base,
        )

    @cached_property
    def processed_events(self) -> ProcessedEvents:
        """Which events a consumer has done."""
        return MongoProcessedEvents(self.mongo)

    @cached_property
    def rate_limits(self) -> RateLimits:
        """Token buckets shared by all instances."""
        return MongoRateLimits(self.mongo)

    @cached_property
    def idempotency(self) -> IdempotencyStore:
        """First answers by idempotency key."""
        return MongoIdempotency(self.mongo)

    async def warm_up(self) -> None:
        """Make ahead what a request may need and what holds neither a connection nor a secret."""
        await warm_up_http()
        warm_up_phones()
        if self.settings.secret_names():
            warm_up_secrets()
        if self.settings.of(EventSettings).notifications_queue_url:
            _ = self.sqs.client

    async def open(self) -> None:
        """Fetch the secrets that the function is given by name, and connect to the database; safe to call again.

        Raises:
            Unavailable: something did not answer, or not within the deadline (``OutOfTime``).
            TimeoutError: the database did not.
        """
        for name in self.settings.secret_names():
            fetch_secret(name)
        async with asyncio.timeout(seconds_left()):
            await self.mongo.ping()

    async def close(self) -> None:
        """Close what holds connections."""
        if "mongo" in self.__dict__:
            await self.mongo.close()


def _warn(message: str, fields: dict[str, Any]) -> None:
    """Log a warning for an adapter, which may not know the logger."""
    get_logger().warning(message, extra=fields)
