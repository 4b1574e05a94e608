"""What a request costs, counted instead of timed: commands to the database, their turns, and password hashes."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar

from common.adapters.mongo.shared.database import Document, Mongo
from pymongo import AsyncMongoClient
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from infra.bench.trips import Command, sequential

if TYPE_CHECKING:
    from collections.abc import Iterator

    from common.application.ports.identity.accounts import Passwords

L = TypeVar("L", bound=CommandListener)

#: How often a test of round trips does what it counts: a machine that is busy may make overlapping commands seem to
#: follow each other, so that the least of these counts.
TIMES = 3
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
        self._begun: dict[int, Command] = {}
        self._ended: list[Command] = []
        self._is_idle = asyncio.Event()
        self._is_idle.set()

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name in _DRIVERS_OWN:
            return
        name, about = event.command_name, str(event.command.get(event.command_name))
        self.seen.append(f"{name} {about}")
        self._transactions += "startTransaction" in event.command
        at = next(self._ticks)
        self._is_idle.clear()
        self._begun[event.request_id] = Command(name, about, started=at, ended=at)

    def succeeded(self, event: CommandSucceededEvent) -> None:
        self._end(event.request_id)

    def failed(self, event: CommandFailedEvent) -> None:
        self._end(event.request_id)

    async def answered(self) -> None:
        """Wait until every command that was sent has been answered."""
        await self._is_idle.wait()

    @contextmanager
    def counted(self) -> Iterator[Cost]:
        """What the block costs; it is filled in at the end of the block."""
        cost = Cost()
        first, transactions, ended = len(self.seen), self._transactions, len(self._ended)
        yield cost
        cost.commands = self.seen[first:]
        cost.transactions = self._transactions - transactions
        cost.round_trips = sequential(self._ended[ended:])

    def _end(self, request_id: int) -> None:
        if begun := self._begun.pop(request_id, None):
            self._ended.append(begun._replace(ended=next(self._ticks)))
        if not self._begun:
            self._is_idle.set()


class Counted:
    """Counts the same work several times, and keeps the least of it."""

    def __init__(self, watched: WatchedMongo[Commands]) -> None:
        self._listener = watched.listener
        self._costs: list[Cost] = []

    @contextmanager
    def once_more(self) -> Iterator[None]:
        with self._listener.counted() as cost:
            yield
        self._costs.append(cost)

    def check(self, *, round_trips: int, commands: int, transactions: int) -> None:
        """No more in turn than this, and just so many in all, or fail with what was sent."""
        least = min(self._costs, key=lambda cost: (cost.round_trips, len(cost.commands)))
        assert least.round_trips <= round_trips, least
        assert (len(least.commands), least.transactions) == (commands, transactions), least


class WatchedMongo(Mongo, Generic[L]):
    """The connection, with somebody who is told of its commands.

    Args:
        uri: the server.
        database: the database's name.
        listener: is told of each command.
    """

    def __init__(self, uri: str, database: str, listener: L) -> None:
        super().__init__(lambda: uri, database)
        self.listener = listener

    @cached_property
    def client(self) -> AsyncMongoClient[Document]:
        """A client like the product's, with a listener."""
        return AsyncMongoClient(
            self._uri(),
            tz_aware=True,
            tzinfo=UTC,
            w="majority",
            serverMonitoringMode="poll",
            event_listeners=[self.listener],
        )


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
