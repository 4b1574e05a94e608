"""Circuit breakers whose state all instances share, in the collection ``breakers``."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from purgatory import AsyncAbstractUnitOfWork, AsyncCircuitBreakerFactory
from purgatory.domain.model import Context, OpenedState
from purgatory.service._async.repository import AsyncAbstractRepository
from pymongo.errors import DuplicateKeyError

from common.adapters.mongo.database import Mongo
from common.domain.errors import Unavailable

_CLOSED = "closed"


class MongoBreakers:
    """Makes breakers that open after some failures within a time, and let one call try again after a rest.

    Args:
        mongo: the connection.
        threshold: failures that open a breaker.
        window_seconds: within this time.
        rest_seconds: how long it stays open before a call may try.
    """

    def __init__(self, mongo: Mongo, *, threshold: int, window_seconds: float, rest_seconds: float) -> None:
        unit = _Unit(_Repository(mongo, window_seconds))
        self._factory = AsyncCircuitBreakerFactory(threshold, rest_seconds, uow=unit)
        self._rest_seconds = rest_seconds

    @asynccontextmanager
    async def guard(self, name: str) -> AsyncIterator[None]:
        """Run a block under a breaker; any exception that leaves the block is a failure.

        Raises:
            Unavailable: the breaker is open; the block has not run.
        """
        breaker = await self._factory.get_breaker(name)
        try:
            async with breaker:
                yield
        except OpenedState as error:
            raise Unavailable(retry_after=int(self._rest_seconds)) from error


class _Repository(AsyncAbstractRepository):
    """purgatory's repository. Failures are counted atomically; those before the window are forgotten."""

    def __init__(self, mongo: Mongo, window_seconds: float) -> None:
        self._mongo = mongo
        self._window = window_seconds
        self.messages = []

    async def get(self, name: str) -> Context | None:
        row = await self._mongo.collection("breakers").find_one({"_id": name})
        if row is None:
            return None
        is_recent = time.time() - row.get("first_failure_at", 0) <= self._window
        failures = row["failures"] if is_recent and row["state"] == _CLOSED else 0
        return Context(name, row["threshold"], row["ttl"], row["state"], failures, row["opened_at"])

    async def register(self, context: Context) -> None:
        row = {
            "threshold": context.threshold,
            "ttl": context.ttl,
            "state": context.state,
            "opened_at": None,
            "failures": 0,
        }
        try:
            await self._mongo.collection("breakers").update_one(
                {"_id": context.name}, {"$setOnInsert": row}, upsert=True
            )
        except DuplicateKeyError:
            return

    async def update_state(self, name: str, state: str, opened_at: float | None) -> None:
        fields = {"state": state, "opened_at": opened_at, "failures": 0}
        await self._mongo.collection("breakers").update_one({"_id": name}, {"$set": fields})

    async def inc_failures(self, name: str, failure_count: int) -> None:
        now = time.time()
        is_first = {"$lt": [{"$ifNull": ["$first_failure_at", 0]}, now - self._window]}
        counted = {"$cond": [is_first, 1, {"$add": ["$failures", 1]}]}
        since = {"$cond": [is_first, now, "$first_failure_at"]}
        del failure_count
        await self._mongo.collection("breakers").update_one(
            {"_id": name}, [{"$set": {"failures": counted, "first_failure_at": since}}]
        )

    async def reset_failure(self, name: str) -> None:
        await self._mongo.collection("breakers").update_one(
            {"_id": name}, {"$set": {"failures": 0, "first_failure_at": 0}}
        )


class _Unit(AsyncAbstractUnitOfWork):
    """purgatory's unit of work; each write here stands for itself."""

    def __init__(self, contexts: _Repository) -> None:
        self.contexts = contexts

    async def commit(self) -> None:
        """Nothing to do."""

    async def rollback(self) -> None:
        """Nothing to do."""
