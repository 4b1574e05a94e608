"""Times whole requests of the search function, and the same database commands sent by the bare driver."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from common.runtime.bootstrap import Container
from common.runtime.http import create_app
from common.runtime.loop import get_loop
from common.runtime.settings import load_settings
from mangum import Mangum
from pymongo import AsyncMongoClient, MongoClient

from functions.search.routes import router
from infra.bench.capture import profiled
from infra.bench.environments import http_event
from infra.bench.statistics import Timing, summarise

if TYPE_CHECKING:
    from collections.abc import Callable

_WARMING = 15
_OK = 200


@dataclass(frozen=True)
class Measured:
    """What one search costs in one market.

    Attributes:
        request: Handler in, JSON out.
        bare: The same commands by the bare driver, and ``json.dumps``.
        examined: Documents the database looked at.
        returned: Documents it gave.
        items: Items of the answer.
    """

    request: Timing
    bare: Timing
    examined: int
    returned: int
    items: int

    @property
    def examined_each(self) -> float:
        """Documents looked at for each one given."""
        return self.examined / max(self.returned, 1)

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
        }
        self._container = Container(load_settings(environ=environment))
        app = create_app(router, service="search", container=self._container)
        self._handle = Mangum(app, lifespan="off")
        self._client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(uri)

    def measure(self, query: str, runs: int) -> Measured:
        """Time one search, warm.

        Args:
            query: Its query string.
            runs: How often.
        """
        event = http_event("GET", f"/v1/search/services?{query}")
        items = len(json.loads(self._call(event))["items"])
        commands, examined, returned = self._asked(event)
        loop = get_loop()
        return Measured(
            request=_timed(lambda: self._call(event), runs),
            bare=_timed(lambda: json.dumps(loop.run_until_complete(self._replay(commands)), default=str), runs),
            examined=examined,
            returned=returned,
            items=items,
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
        return [(await database.command(command))["cursor"]["firstBatch"] for command in commands]


def _timed(call: Callable[[], object], runs: int) -> Timing:
    for _ in range(_WARMING):
        call()
    taken = []
    for _ in range(runs):
        started = time.perf_counter()
        call()
        taken.append((time.perf_counter() - started) * 1000)
    return summarise(taken)
