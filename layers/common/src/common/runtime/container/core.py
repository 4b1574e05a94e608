"""What every function shares: settings, clock, database, queues, limits."""

import asyncio
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from common.adapters.aws.sqs import SqsPublisher
from common.adapters.aws.sqs_client import SqsCaller
from common.adapters.clock import OffsetClock, SystemClock
from common.adapters.mongo.shared.command_spans import record_commands
from common.adapters.mongo.shared.database import Mongo, database_failures, is_sign_in_refused
from common.adapters.mongo.shared.outbox import MongoOutbox
from common.adapters.mongo.shared.processed_events import MongoProcessedEvents
from common.adapters.mongo.shared.rate_limits import MongoRateLimits
from common.adapters.warm_up import warm_up_client
from common.application.ports.shared.clock import Clock
from common.application.ports.shared.limits import SharedRate
from common.application.ports.shared.outbox import Outbox, ProcessedEvents, Publisher
from common.application.shared.deadline import seconds_left
from common.application.shared.together import together
from common.domain.payments.platform import Platform
from common.domain.shared.errors import Unavailable
from common.runtime.container.settings import EventSettings, FrontendSettings, HttpSettings, PlatformSettings
from common.runtime.observability.logging import get_logger
from common.runtime.observability.tracing import can_be_active
from common.runtime.secrets import fetch_secret
from common.runtime.secrets import warm_up as warm_up_secrets
from common.runtime.settings import CoreSettings, Settings


class CoreContainer:
    """What every function shares, and the base of every other part.

    Args:
        settings: the checked settings.
    """

    #: Whether it is to be replaced by another, since what it was made with is no longer true.
    is_outdated = False

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
        if can_be_active():
            record_commands()
        return Mongo(settings.mongodb_uri.get, settings.mongodb_database)

    @cached_property
    def sqs(self) -> SqsCaller:
        """Calls SQS."""
        return SqsCaller()

    @cached_property
    def publisher(self) -> Publisher:
        """The queues."""
        return SqsPublisher(self.sqs, self.settings.of(EventSettings).queue_urls(), self.clock, warn)

    @cached_property
    def outbox(self) -> Outbox:
        """Events that have committed and wait to be published."""
        return MongoOutbox(self.mongo, warn)

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
        await self.mongo.warm_up()
        if self.settings.secret_names():
            warm_up_secrets()
        if queue_url := self.settings.of(EventSettings).notifications_queue_url:
            warm_up_client(self.sqs.client, "send_message", QueueUrl=queue_url, MessageBody="unknown")

    async def open(self) -> None:
        """Fetch the secrets that the function is given by name, and connect to the database; safe to call again.

        All secrets are asked for at once, each over a connection of its own: Secrets Manager takes longer to answer
        than a connection to open. The database is connected to as soon as its own is there.

        Raises:
            Unavailable: something did not answer, or not within the deadline (``OutOfTime``).
            TimeoutError: the database did not.
        """
        of_database = self.settings.of(CoreSettings).mongodb_uri
        others = [name for name in self.settings.secret_names() if name != of_database.name]
        async with asyncio.timeout(seconds_left()):
            await together(self._connect(), *(asyncio.to_thread(fetch_secret, name) for name in others))

    async def _connect(self) -> None:
        """Fetch the database's secret in a thread, as the others, and open a connection with what is read first."""
        await asyncio.to_thread(self.settings.of(CoreSettings).mongodb_uri.get)
        with database_failures():
            await self.read_first()

    async def read_first(self) -> None:
        """The first question to the database, which opens a connection."""
        await self.mongo.ping()

    def note_failure(self, error: BaseException) -> None:
        """Learn of a failure that an edge has met: one of the sign-in at the database makes the container outdated.

        Its secret is read again then, if that was not just done; where it has changed, whoever holds the container
        makes another in its place, because every repository holds the connection of this one.
        """
        secret = self.settings.of(CoreSettings).mongodb_uri
        if not is_sign_in_refused(error) or secret.name is None:
            return
        with suppress(Unavailable):
            known = secret.get()
            self.is_outdated = secret.get(anew=True) != known

    async def close(self) -> None:
        """Close what holds connections."""
        if "mongo" in self.__dict__:
            await self.mongo.close()


def warn(message: str, fields: dict[str, Any]) -> None:
    """Log a warning for an adapter, which may not know the logger."""
    get_logger().warning(message, extra=fields)
