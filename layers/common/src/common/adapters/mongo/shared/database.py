"""The one MongoDB client of a process, its transactions, and what its failures mean to a caller."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from functools import cached_property
from typing import Any, TypeAlias, TypeVar

import pymongo
from bson.codec_options import CodecOptions
from pymongo import AsyncMongoClient
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
    WTimeoutError,
)
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from common.application.shared.deadline import seconds_left
from common.domain.shared.errors import OutOfTime, Unavailable

Document: TypeAlias = dict[str, Any]
Session: TypeAlias = AsyncClientSession
Collection: TypeAlias = AsyncCollection[Document]
T = TypeVar("T")

CODEC: CodecOptions[Document] = CodecOptions(tz_aware=True, tzinfo=UTC)
MAJORITY = WriteConcern("majority")
#: https://www.mongodb.com/docs/manual/reference/error-codes/
_DUPLICATE_KEY = 11000
#: AuthenticationFailed, and Atlas's own (https://www.mongodb.com/docs/atlas/troubleshoot-connection/).
_SIGN_IN_REFUSED = frozenset({18, 8000})

#: Labels of errors after which the same work may succeed
#: (https://www.mongodb.com/docs/manual/core/retryable-writes/, .../core/transactions-in-applications/).
_TRANSIENT_LABELS = ("TransientTransactionError", "UnknownTransactionCommitResult", "RetryableWriteError")
#: Seconds a caller should wait before trying again: longer than a failover's election timeout is not needed, as the
#: driver finds the new primary on its own (https://www.mongodb.com/docs/manual/core/replica-set-elections/).
_RETRY_AFTER_SECONDS = 5
#: RFC 863: nobody listens there.
_NOWHERE = "mongodb://127.0.0.1:9/"


@dataclass(frozen=True)
class MongoLimits:
    """Sizes and times of the client; times in milliseconds, ``transaction`` of all tries of one together.

    One Lambda environment serves one request at a time, so a few connections are enough. An idle connection is dropped
    early, because a frozen environment may wake to find it black-holed.
    """

    max_pool_size: int = 5
    max_idle: int = 5_000
    connect: int = 2_000
    socket: int = 3_000
    server_selection: int = 2_000
    transaction: int = 6_000


class Mongo:
    """The client, made at first use on the running loop and kept for the life of the process.

    Args:
        uri: gives the connection string; called once.
        database: the database's name.
        limits: pool size and timeouts.
    """

    def __init__(self, uri: Callable[[], str], database: str, limits: MongoLimits | None = None) -> None:
        self._uri = uri
        self._name = database
        self._limits = limits or MongoLimits()
        #: By name: the driver makes a new object for each that it is asked for.
        self._collections: dict[str, Collection] = {}

    @cached_property
    def client(self) -> AsyncMongoClient[Document]:
        """The client; it connects at its first command."""
        return self._client_of(self._uri())

    async def warm_up(self) -> None:
        """Load ahead what the driver loads when a client is made, by one that asks nobody and is closed again."""
        await self._client_of(_NOWHERE).close()

    def _client_of(self, uri: str) -> AsyncMongoClient[Document]:
        limits = self._limits
        return AsyncMongoClient(
            uri,
            tz_aware=True,
            tzinfo=UTC,
            w="majority",
            readConcernLevel="majority",
            retryWrites=True,
            retryReads=True,
            maxPoolSize=limits.max_pool_size,
            maxIdleTimeMS=limits.max_idle,
            connectTimeoutMS=limits.connect,
            socketTimeoutMS=limits.socket,
            serverSelectionTimeoutMS=limits.server_selection,
            waitQueueTimeoutMS=limits.server_selection,
            # As the driver does by itself in Lambda: a stream of heartbeats takes a process that stood still for a
            # server that did, and interrupts whatever is on its way.
            serverMonitoringMode="poll",
            appname="gigsta",
        )

    @cached_property
    def db(self) -> AsyncDatabase[Document]:
        """The database: reads and writes by majority, instants aware in UTC."""
        return self.client[self._name]

    def collection(self, name: str) -> Collection:
        """One collection by name."""
        found = self._collections.get(name)
        if found is None:
            found = self._collections[name] = self.db[name]
        return found

    async def in_transaction(self, work: Callable[[Session], Awaitable[T]], *, seconds: float | None = None) -> T:
        """Run ``work`` in a transaction and commit it; run it again after a transient failure, while time lasts.

        Args:
            work: takes the session, passes it to every operation, and has no other side effect, for it may run again.
            seconds: bound of all tries together, which the deadline may shorten; the client's own by default.

        Returns:
            What ``work`` returned in the try that committed.

        Raises:
            Unavailable: the database is unavailable, or did not let the work through in time.
        """
        if (left := seconds_left()) == 0:
            raise OutOfTime
        bound = self._limits.transaction / 1000 if seconds is None else seconds
        with database_failures(), pymongo.timeout(min(bound, left)):
            async with self.client.start_session() as session:
                return await session.with_transaction(
                    work, read_concern=ReadConcern("snapshot"), write_concern=MAJORITY
                )

    async def ping(self) -> None:
        """Ask the primary for a sign of life.

        Raises:
            Unavailable: there was none within the timeouts.
        """
        with database_failures():
            await self.db.command("ping")

    async def close(self) -> None:
        """Close the client, if it was made."""
        if "client" in self.__dict__:
            await self.client.close()
            del self.__dict__["client"]
            self.__dict__.pop("db", None)
            self._collections.clear()


def refused_keys(error: BulkWriteError) -> Sequence[bool]:
    """Of each write of a batch that failed, whether a unique index has refused it."""
    return [each["code"] == _DUPLICATE_KEY for each in error.details["writeErrors"]]


@contextmanager
def database_failures() -> Iterator[None]:
    """Run a block in which the database may be unavailable.

    Raises:
        Unavailable: it is; what else the driver raises is a fault of ours, and passes.
    """
    try:
        yield
    except PyMongoError as error:
        if (unavailable := as_unavailable(error)) is None:
            raise
        raise unavailable from error


def as_unavailable(error: BaseException) -> Unavailable | None:
    """Tell whether a driver's error means that the database is unavailable or overloaded, in the caller's terms.

    The edges (HTTP, queue, schedule) ask this, so that no repository has to.

    Returns:
        The error to raise instead; ``None`` for one that is a fault of ours.
    """
    is_away = isinstance(error, ConnectionFailure | ExecutionTimeout | WTimeoutError) or is_sign_in_refused(error)
    if is_away or _is_transient(error):
        detail = "The database does not answer."
        return Unavailable(detail, code="database_unavailable", retry_after=_RETRY_AFTER_SECONDS)
    return None


def is_sign_in_refused(error: BaseException) -> bool:
    """Whether the database does not let us in, as when our password was changed: nothing was read or written."""
    return isinstance(error, OperationFailure) and error.code in _SIGN_IN_REFUSED


def _is_transient(error: BaseException) -> bool:
    if not isinstance(error, PyMongoError):
        return False
    if error.timeout:
        return True
    return any(error.has_error_label(label) for label in _TRANSIENT_LABELS)
