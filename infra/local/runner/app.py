"""The runner's HTTP API: MiniStack posts invocations, the local cloud steers."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.local.runner import events
from infra.local.runner.pool import Pool

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from starlette.requests import Request

    from infra.local.runner.logs import FunctionLogs
    from infra.local.runner.sources import BuiltCode, LiveCode
    from infra.local.runner.worker import FunctionConfig, Host

WATCH_SECONDS = 0.3
REAP_EVERY = 100
OPEN_SECONDS = 60.0


class Runner:
    """Pools by function, and what steers them."""

    def __init__(
        self,
        host: Host,
        code: BuiltCode | LiveCode,
        configure: Callable[[str, str], Awaitable[FunctionConfig]],
        logs: FunctionLogs,
        cap: int,
    ) -> None:
        """Make a runner without workers, which holds invocations back until it is opened.

        Args:
            host: What all workers share.
            code: The code that runs, to be watched.
            configure: Returns a deployed function's configuration by its physical name and version.
            logs: Where functions' lines go.
            cap: Most workers of one function.
        """
        self._host = host
        self._code = code
        self._configure = configure
        self._logs = logs
        self._cap = cap
        self._pools: dict[tuple[str, str], Pool] = {}
        self._open = asyncio.Event()

    async def invoke(self, request: Request) -> Response:
        """Run one invocation of MiniStack's."""
        async with asyncio.timeout(OPEN_SECONDS):
            await self._open.wait()
        headers = request.headers
        name, version = headers["x-amzn-lambda-function-name"], headers["x-amzn-lambda-function-version"]
        payload = await request.body()
        event = json.loads(payload)
        http = events.is_http(event)
        if http:
            payload = json.dumps(events.with_client_address(event)).encode()
        pool = await self._pool(name, version)
        outcome = await pool.invoke(payload, headers.get("x-amzn-lambda-function-arn", ""))
        if events.is_noteworthy(event, outcome):
            self._logs.note(pool.config.name, events.summary(event, outcome, pool.counters.last_ms))
        if outcome.kind == "response":
            return Response(outcome.payload, media_type="application/json")
        if http:
            return JSONResponse(events.gateway_answer(outcome, event["requestContext"]["requestId"]))
        return Response(outcome.payload or outcome.kind.encode(), status_code=500)

    async def open(self, _request: Request) -> Response:
        """Let invocations in, with configurations read anew after a deployment."""
        pools, self._pools = self._pools, {}
        for pool in pools.values():
            await pool.close()
        self._open.set()
        return JSONResponse({})

    async def crash(self, request: Request) -> Response:
        """Arrange for the next invocation of a function to lose its worker."""
        wanted = await request.json()
        pools = [pool for pool in self._pools.values() if pool.config.name == wanted["function"]]
        for pool in pools:
            pool.crash_next(float(wanted.get("after_seconds", 0)))
        return JSONResponse({"armed": len(pools)})

    async def status(self, _request: Request) -> Response:
        """Tell what the pools do."""
        rows: list[dict[str, Any]] = [
            {"function": pool.config.name, "workers": pool.workers, **asdict(pool.counters)}
            for pool in self._pools.values()
        ]
        return JSONResponse({"open": self._open.is_set(), "functions": rows})

    async def watch(self) -> None:
        """Reload all workers whenever the code changes, and let idle ones go."""
        stamp = await asyncio.to_thread(self._code.stamp)
        rounds = 0
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            rounds += 1
            current = await asyncio.to_thread(self._code.stamp)
            if current != stamp:
                stamp = current
                self._logs.note("runner", "Code changed: reloading")
                await asyncio.gather(*(pool.reload() for pool in self._pools.values()))
            if rounds % REAP_EVERY == 0:
                for pool in list(self._pools.values()):
                    await pool.reap()

    async def close(self) -> None:
        """End every worker."""
        for pool in self._pools.values():
            await pool.close()
        self._logs.close()

    async def _pool(self, name: str, version: str) -> Pool:
        """Return the pool of a function's version."""
        key = (name, version)
        if key not in self._pools:
            config = await self._configure(name, version)
            writer = self._logs.writer(config.name)
            self._pools.setdefault(key, Pool(config, self._host, writer, self._cap))
        return self._pools[key]


def create_app(make: Callable[[], Runner]) -> Starlette:
    """Build the ASGI application.

    Args:
        make: Makes the runner, inside the running loop.

    Returns:
        The application; it ends every worker when it ends.
    """
    holder: list[Runner] = []

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        runner = make()
        holder.append(runner)
        watching = asyncio.create_task(runner.watch())
        yield
        watching.cancel()
        await runner.close()

    def on(method: Callable[[Runner, Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            return await method(holder[0], request)

        return endpoint

    return Starlette(
        routes=[
            Route("/invoke", on(Runner.invoke), methods=["POST"]),
            Route("/open", on(Runner.open), methods=["POST"]),
            Route("/crash", on(Runner.crash), methods=["POST"]),
            Route("/status", on(Runner.status)),
        ],
        lifespan=lifespan,
    )
