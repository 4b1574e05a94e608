"""Circuit breakers whose state all instances share, in the collection ``breakers``.

Entering a closed breaker is one read. An open one is entered by the one call that takes the probe; the take is one
conditional update, so that of any number of callers exactly one gets it. Libraries over a shared store were tried:
they read and then write, and let every waiting call through.
"""

import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pymongo.errors import DuplicateKeyError

from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.holdings import Holdings, nobody
from common.application.ports.shared.clock import Clock
from common.domain.shared.errors import OutOfTime, Unavailable

HOLDINGS: Holdings = {
    "breakers": nobody("whether services outside answer"),
}


class MongoBreakers:
    """Makes circuit breakers that open after some failures within a time, and let one probe through after a pause.

    Args:
        mongo: the connection.
        clock: the product's, with which breakers go where it is moved.
        threshold: failures that open a breaker.
        window_seconds: within this time, wherever it begins.
        rest_seconds: how long it stays open before a call may try.
        probe_seconds: after this a call that tries is taken for dead, and another may; longer than a call takes.
    """

    def __init__(
        self,
        mongo: Mongo,
        clock: Clock,
        *,
        threshold: int,
        window_seconds: float,
        rest_seconds: float,
        probe_seconds: float = 15.0,
    ) -> None:
        self._rows = mongo.collection("breakers")
        self._clock = clock
        self._threshold = threshold
        self._window = window_seconds
        self._rest = rest_seconds
        self._probe = probe_seconds

    @asynccontextmanager
    async def guard(self, name: str) -> AsyncIterator[None]:
        """Run a block under a breaker; an exception that leaves the block is a failure.

        A block that was broken off, or not begun for lack of time, says nothing about who was to be asked.

        Raises:
            Unavailable: the breaker is open, or another call tries; the block has not run.
        """
        is_probe = await self._enter(name)
        try:
            yield
        except OutOfTime:
            await self._leave(name, is_probe=is_probe)
            raise
        except Exception:
            await self._fail(name, is_probe=is_probe)
            raise
        await self._succeed(name, is_probe=is_probe)

    async def _enter(self, name: str) -> bool:
        """Let the call pass, or make it the probe; returns which."""
        row = await self._rows.find_one({"_id": name})
        if row is None or row.get("opened_at") is None:
            return False
        now = self._now()
        is_due = {"opened_at": {"$ne": None, "$lte": now - self._rest}, "probe_until": {"$not": {"$gt": now}}}
        taken = await self._rows.update_one({"_id": name, **is_due}, {"$set": {"probe_until": now + self._probe}})
        if not taken.modified_count:
            raise Unavailable(retry_after=self._wait(row, now))
        return True

    async def _leave(self, name: str, *, is_probe: bool) -> None:
        if is_probe:
            await self._rows.update_one({"_id": name}, {"$set": {"probe_until": 0}})

    async def _succeed(self, name: str, *, is_probe: bool) -> None:
        if is_probe:
            closed: Document = {"opened_at": None, "failures": [], "probe_until": 0}
            await self._rows.update_one({"_id": name}, {"$set": closed})

    async def _fail(self, name: str, *, is_probe: bool) -> None:
        """Note a failure; what fails while the breaker is open does not keep it open for longer, but for the probe."""
        now = self._now()
        known = {"$cond": [{"$isArray": "$failures"}, "$failures", []]}
        recent = {
            "$filter": {"input": {"$concatArrays": [known, [now]]}, "cond": {"$gt": ["$$this", now - self._window]}}
        }
        failures = {"failures": {"$slice": [recent, -self._threshold]}}
        opens: Document | float = now
        if not is_probe:
            is_enough = {"$gte": [{"$size": "$failures"}, self._threshold]}
            opens = {"$ifNull": ["$opened_at", {"$cond": [is_enough, now, None]}]}
        state: Document = {"opened_at": opens}
        if is_probe:
            state["probe_until"] = 0
        for is_last in (False, True):
            try:
                await self._rows.update_one({"_id": name}, [{"$set": failures}, {"$set": state}], upsert=True)
            except DuplicateKeyError:  # another instance has made the row meanwhile
                if is_last:
                    raise
            else:
                return

    def _now(self) -> float:
        """The present instant in seconds since 1970."""
        return self._clock.now().timestamp()

    def _wait(self, row: Document, now: float) -> int:
        """Whole seconds until a call may try."""
        until: float = max(row["opened_at"] + self._rest, row.get("probe_until") or 0)
        return max(1, math.ceil(until - now))
