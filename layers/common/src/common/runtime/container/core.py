"""What every function shares: settings, clock, database, access, queues, limits."""

import asyncio
from functools import cached_property
from pathlib import Path
from typing import Any, Self

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
from common.domain.payments.platform import Platform
from common.domain.shared.phones import warm_up as warm_up_phones
from common.runtime.container.protocol import ContainerProtocol
from common.runtime.observability.logging import get_logger
from common.runtime.secrets import fetch_secret
from common.runtime.secrets import warm_up as warm_up_secrets
from common.runtime.settings import Settings


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

    @cached_property
    def platform(self) -> Platform:
        """Where our Stripe account is, and in which currencies it settles."""
        return Platform(self.settings.platform_country, frozenset(self.settings.settlement_currencies))

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
        if self.settings.clock_file and self.settings.is_local:
            return OffsetClock(Path(self.settings.clock_file))
        return SystemClock()

    @cached_property
    def mongo(self) -> Mongo:
        """The database."""
        return Mongo(self.settings.mongo_uri, self.settings.mongodb_database)

    @cached_property
    def signing_keys(self) -> MongoSigningKeys:
        """Public token signing keys."""
        return MongoSigningKeys(self.mongo)

    @cached_property
    def access(self) -> AccessDeps:
        """What authenticating a request needs."""
        tokens = TokenVerifier(self.settings.public_base_url, self.signing_keys)
        return AccessDeps(self.clock, tokens, MongoPrincipals(self.mongo))

    @cached_property
    def token_issuer(self) -> TokenIssuer:
        """Signs access tokens; only the identity functions have the private keys."""
        return TokenIssuer(self.settings.public_base_url, self.settings.signing_keys)

    @cached_property
    def sqs(self) -> SqsCaller:
        """Calls SQS."""
        return SqsCaller()

    @cached_property
    def publisher(self) -> Publisher:
        """The queues."""
        return SqsPublisher(self.sqs, self.settings.queue_urls(), self.clock, _warn)

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
        return Probes(self.mongo, self.settings.notifications_queue_url, self.settings.stripe_api_base)

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
        if self.settings.notifications_queue_url or self.settings.stripe_events_queue_url:
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
