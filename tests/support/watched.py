"""What a request costs, counted instead of timed: commands to the database, their turns, and password hashes."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from functools import cached_property
from typing import TYPE_CHECKING

from common.adapters.mongo.shared.database import Document, Mongo
from pymongo import AsyncMongoClient
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from common.application.ports.identity.accounts import Passwords

#: The driver sends these on its own, on a connection's or a session's behalf.
_DRIVERS_OWN = {"hello", "ping", "endSessions"}


@dataclass
class Cost:
    """What some work asked of the database.

    ``commands`` are names, each with its collection, in the order they were sent. ``round_trips`` is how many of them
    came one after the other: of commands that overlap in time, as many as there are, only one counts. One that had to
    wait for a connection may seem to follow the others, so that a busy machine can make this more, never less.
    """

    commands: list[str] = field(default_factory=list)
    transactions: int = 0
    round_trips: int = 0


class Commands(CommandListener):
    """Names of the commands that were sent, each with its collection, and which of them overlapped."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self._transactions = 0
        self._ticks = itertools.count()
        self._begun: dict[int, int] = {}
        self._spans: list[tuple[int, int]] = []

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name in _DRIVERS_OWN:
            return
        self.seen.append(f"{event.command_name} {event.command.get(event.command_name)}")
        self._transactions += "startTransaction" in event.command
        self._begun[event.request_id] = next(self._ticks)

    def succeeded(self, event: CommandSucceededEvent) -> None:
        self._end(event.request_id)

    def failed(self, event: CommandFailedEvent) -> None:
        self._end(event.request_id)

    @contextmanager
    def counted(self) -> Iterator[Cost]:
        """What the block costs; it is filled in at the end of the block."""
        cost = Cost()
        first, transactions, spans = len(self.seen), self._transactions, len(self._spans)
        yield cost
        cost.commands = self.seen[first:]
        cost.transactions = self._transactions - transactions
        cost.round_trips = _one_after_the_other(self._spans[spans:])

    def _end(self, request_id: int) -> None:
        if request_id in self._begun:
            self._spans.append((self._begun.pop(request_id), next(self._ticks)))


def _one_after_the_other(spans: list[tuple[int, int]]) -> int:
    """The length of the longest chain of spans of which none overlaps another."""
    count, free_from = 0, -1
    for begun, ended in sorted(spans, key=lambda span: span[1]):
        if begun > free_from:
            count, free_from = count + 1, ended
    return count


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
