"""Times whole requests of the search function, and the same database commands sent by the bare driver."""

from __future__ import annotations

import gc
import json
import statistics
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from common.runtime.container.bootstrap import Container
from common.runtime.http import create_app
from common.runtime.loop import get_loop
from common.runtime.settings import load_settings
from mangum import Mangum
from pymongo import AsyncMongoClient, MongoClient

from functions.search.routes import router
from infra.bench.capture import profiled
from infra.bench.environments import http_event

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: Each search is timed so often; its best counts, which leaves out what else the machine does meanwhile.
REPEATS = 5
#: Searches whose commands are looked at by the database's profiler.
_PROFILED = 10
_WARMING = 15
_OK = 200
_PERCENT = 100


@dataclass(frozen=True)
class Cost:
    """Milliseconds of many different searches.

    Attributes:
        median: Of each search's best time.
        p99: Of each search's best time.
        raw_p99: Of all times, with everything that happened on the machine.
        searches: How many different ones.
    """

    median: float
    p99: float
    raw_p99: float
    searches: int

    @classmethod
    def of(cls, taken: Sequence[Sequence[float]]) -> Cost:
        """Summarise the times of each search."""
        best = sorted(min(times) for times in taken)
        every = sorted(each for times in taken for each in times)
        return cls(statistics.median(best), _p99(best), _p99(every), len(best))

    def as_json(self) -> dict[str, float]:
        """For the saved results, rounded to microseconds."""
        return {name: round(value, 3) for name, value in asdict(self).items()}


@dataclass(frozen=True)
class Measured:
    """What one kind of search costs in one market.

    Attributes:
        request: Handler in, JSON out.
        bare: The same commands by the bare driver, and ``json.dumps``.
        examined: Documents the database looked at, in all profiled searches.
        returned: Documents it gave.
        worst: Most documents looked at for each one given, of any search.
        commands: Sent by a search, on average.
        items: Of an answer, on average.
    """

    request: Cost
    bare: Cost
    examined: int
    returned: int
    worst: float
    commands: float
    items: float

    @property
    def ratio(self) -> float:
        """The request's median to the bare driver's."""
        return self.request.median / self.bare.median

    def as_json(self) -> dict[str, Any]:
        """For the saved results."""
        return {**asdict(self), "request": self.request.as_json(), "bare": self.bare.as_json()}


class Searcher:
    """The search function on one market, in this process.

    Args:
        uri: The server.
        database: The market.
    """

    def __init__(self, uri: str, database: str) -> None:
        self._uri, self._database = uri, database
        environment = {
            "STAGE": "test",
            "MONGODB_URI": uri,
            "MONGODB_DATABASE": database,
            "PUBLIC_BASE_URL": "http://api.example.com",
            "PUBLIC_CACHE_ENTRIES": "0",
            "SEARCHES_PER_MINUTE": "1000000",
        }
        self._container = Container(load_settings(environ=environment))
        app = create_app(router, service="search", container=self._container)
        self._handle = Mangum(app, lifespan="off")
        self._client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(uri)

    def measure(self, queries: Sequence[str]) -> Measured:
        """Time searches of one kind, warm.

        Args:
            queries: Their query strings.
        """
        events = [http_event("GET", f"/v1/search/services?{query}") for query in queries]
        for event in events[:_WARMING]:
            self._call(event)
        items = [len(json.loads(self._call(event))["items"]) for event in events[:_PROFILED]]
        looks = [self._asked(event) for event in events[:_PROFILED]]
        commands = [self._asked(event)[0] for event in events]
        gc.collect()
        gc.freeze()
        requests, bares = [], []
        for event, asked in zip(events, commands, strict=True):
            requests.append(_timed(lambda event=event: self._call(event)))  # type: ignore[misc]
            bares.append(_timed(lambda asked=asked: self._bare(asked)))  # type: ignore[misc]
        gc.unfreeze()
        return Measured(
            request=Cost.of(requests),
            bare=Cost.of(bares),
            examined=sum(examined for _, examined, _ in looks),
            returned=sum(returned for _, _, returned in looks),
            worst=max(examined / max(returned, 1) for _, examined, returned in looks),
            commands=statistics.mean(len(asked) for asked in commands),
            items=statistics.mean(items),
        )

    def close(self) -> None:
        """Close the connections."""
        loop = get_loop()
        loop.run_until_complete(self._container.close())
        loop.run_until_complete(self._client.close())

    def _call(self, event: dict[str, Any]) -> str:
        get_loop()  # the one that the adapter finds
        answer = self._handle(event, None)  # type: ignore[arg-type]
        if answer["statusCode"] != _OK:
            raise RuntimeError(f"the search answered {answer['statusCode']}: {answer['body']}")
        return str(answer["body"])

    def _bare(self, commands: list[dict[str, Any]]) -> str:
        return json.dumps(get_loop().run_until_complete(self._replay(commands)), default=str)

    def _asked(self, event: dict[str, Any]) -> tuple[list[dict[str, Any]], int, int]:
        """The commands of one request, and how many documents they examined and gave."""
        with profiled(self._uri, self._database) as commands:
            self._call(event)
        with MongoClient[dict[str, Any]](self._uri) as client:
            rows = list(client[self._database]["system.profile"].find({"ns": {"$regex": "_listings$"}}))
        examined = sum(row.get("docsExamined", 0) for row in rows)
        return commands, examined, sum(row.get("nreturned", 0) for row in rows)

    async def _replay(self, commands: list[dict[str, Any]]) -> list[Any]:
        database = self._client[self._database]
        answers = [await database.command(command) for command in commands]
        return [answer["cursor"]["firstBatch"] if "cursor" in answer else answer.get("value") for answer in answers]


def _timed(call: Callable[[], object]) -> list[float]:
    taken = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        call()
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def _p99(ordered: Sequence[float]) -> float:
    return ordered[min(len(ordered) - 1, len(ordered) * 99 // _PERCENT)]
