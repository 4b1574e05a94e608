"""What a request costs, counted instead of timed: commands to the database and password hashes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC
from functools import cached_property
from typing import TYPE_CHECKING

from common.adapters.mongo.shared.database import Document, Mongo
from pymongo import AsyncMongoClient
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

if TYPE_CHECKING:
    from common.application.ports.identity.accounts import Passwords

#: The driver sends these on its own, on a connection's or a session's behalf.
_DRIVERS_OWN = {"hello", "ping", "endSessions"}


class Commands(CommandListener):
    """Names of the commands that were sent, each with its collection."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name not in _DRIVERS_OWN:
            self.seen.append(f"{event.command_name} {event.command.get(event.command_name)}")

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Of no interest."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Of no interest."""


class WatchedMongo(Mongo):
    """The connection, its commands noted."""

    def __init__(self, uri: str, database: str) -> None:
        super().__init__(lambda: uri, database)
        self._address = uri
        self.commands = Commands()

    @cached_property
    def client(self) -> AsyncMongoClient[Document]:
        """A client like the product's, with a listener."""
        return AsyncMongoClient(self._address, tz_aware=True, tzinfo=UTC, w="majority", event_listeners=[self.commands])


@dataclass
class CountedPasswords:
    """Password hashing, its calls noted."""

    inner: Passwords
    calls: list[str] = field(default_factory=list)

    async def hash(self, password: str) -> str:
        self.calls.append("hash")
        return await self.inner.hash(password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        self.calls.append("verify")
        return await self.inner.verify(password, password_hash)
