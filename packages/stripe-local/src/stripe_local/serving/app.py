"""The HTTP face: Stripe's API under `/v1`, control under `/_control`, pages for people elsewhere."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from stripe_local.core.faults import Fault
from stripe_local.serving import control, pages
from stripe_local.serving.engine import Answer, Engine, Request, bearer, dumps

_TICK_SECONDS = 0.5
_LARGEST_BODY = 1_000_000
_ABORT = "stripe_local.abort"


def create_app(engine: Engine) -> ASGIApp:
    """The application for one engine."""

    async def api(http: HttpRequest) -> Response:
        return await _serve(engine, http)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(engine.deliveries.run()), asyncio.create_task(_tick(engine))]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task

    routes = [
        Route("/v1/{path:path}", api, methods=["GET", "POST", "DELETE"]),
        *control.routes(engine),
        *pages.routes(engine),
    ]
    cors = Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])
    return Droppable(Starlette(routes=routes, lifespan=lifespan, middleware=[cors]))


async def _tick(engine: Engine) -> None:
    while True:
        engine.tick()
        await asyncio.sleep(_TICK_SECONDS)


async def _serve(engine: Engine, http: HttpRequest) -> Response:
    raw = (await http.body()).decode()
    if len(raw) > _LARGEST_BODY:
        return JSONResponse({"error": {"type": "invalid_request_error", "message": "Request too large."}}, 413)
    request = Request(http.method, http.url.path, raw if http.method == "POST" else http.url.query, dict(http.headers))
    fault = engine.faults.take(request.method, request.path)
    if fault is not None and fault.action == "drop" and fault.when == "before":
        await asyncio.sleep(fault.delay_seconds)
        return Dropped()
    answer = await _answer(engine, request, fault)
    if fault is not None and fault.action == "drop":
        return Dropped()
    return Response(dumps(answer.body), answer.status, answer.headers, "application/json")


async def _answer(engine: Engine, request: Request, fault: Fault | None) -> Answer:
    """Answer now, or after a fault's delay, during which the idempotency key counts as in use."""
    engine.tick()
    if fault is None or not fault.delay_seconds:
        return engine.answer(request, fault)
    if fault.when == "after":
        answer = engine.answer(request, fault)
        with engine.keys.held(_key(request)):
            await asyncio.sleep(fault.delay_seconds)
        return answer
    held = _key(request)
    if held in engine.keys.under_way:
        return engine.answer(request)
    with engine.keys.held(held):
        await asyncio.sleep(fault.delay_seconds)
    return engine.answer(request, fault)


def _key(request: Request) -> tuple[str, str] | None:
    key = request.headers.get("idempotency-key")
    if key is None or not bearer(request.headers.get("authorization", "")):
        return None
    return request.headers.get("stripe-account", ""), key


class Dropped(Response):
    """No answer at all: the connection is closed."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Close the socket and wait until the server has noticed, so that it sends nothing."""
        del send
        scope[_ABORT]()
        message: Message = {"type": ""}
        while message["type"] != "http.disconnect":
            message = await receive()


class Droppable:
    """Outermost layer: lets a response reach the socket it would be written to."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or the lifespan."""
        # uvicorn hands over a method of the object that holds the connection.
        transport = getattr(getattr(send, "__self__", None), "transport", None)
        if transport is not None:
            scope[_ABORT] = transport.abort
        await self.app(scope, receive, send)
