"""What every function shares: settings, clock, database, queues, limits."""

import asyncio
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from common.adapters.aws.sqs import SqsPublisher
from common.adapters.aws.sqs_client import SqsCaller
from common.adapters.clock import OffsetClock, SystemClock
from common.adapters.mongo.shared.database import Mongo
from common.adapters.mongo.shared.outbox import MongoOutbox
from common.adapters.mongo.shared.processed_events import MongoProcessedEvents
from common.adapters.mongo.shared.rate_limits import MongoRateLimits
from common.application.ports.shared.clock import Clock
from common.application.ports.shared.limits import SharedRate
from common.application.ports.shared.outbox import Outbox, ProcessedEvents, Publisher
from common.application.shared.deadline import seconds_left
from common.domain.payments.platform import Platform
from common.runtime.container.settings import EventSettings, FrontendSettings, HttpSettings, PlatformSettings
from common.runtime.observability.logging import get_logger
from common.runtime.secrets import fetch_secret
from common.runtime.secrets import warm_up as warm_up_secrets
from common.runtime.settings import CoreSettings, Settings


class CoreContainer:
    """What every function shares, and the base of every other part.

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
    def processed_events(self) -> ProcessedEvents:
        """Which events a consumer has done."""
        return MongoProcessedEvents(self.mongo)

    @cached_property
    def rate_limits(self) -> SharedRate:
        """Token buckets shared by all instances."""
        return MongoRateLimits(self.mongo)

    async def warm_up(self) -> None:
        """Make ahead what a request may need and what holds neither a connection nor a secret."""
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
