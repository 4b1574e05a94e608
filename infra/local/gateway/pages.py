"""Pages and JSON for developers, below ``/_dev``."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from jinja2 import Environment, FileSystemLoader
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from infra.local import aws, clock, mailbox

if TYPE_CHECKING:
    from starlette.requests import Request

    from infra.local.info import CloudInfo

TEMPLATES = Environment(loader=FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True)
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
TIMEOUT_SECONDS = 5.0


class Pages:
    """Answers for one running cloud."""

    def __init__(self, info: CloudInfo) -> None:
        """Keep what is known of the cloud.

        Args:
            info: The running cloud.
        """
        self._info = info
        self._clock = Path(info.clock_file)

    def routes(self) -> list[Route]:
        """Return the routes below ``/_dev``."""
        return [
            Route("/", self.status),
            Route("/status.json", self.status_json),
            Route("/mail", self.mail),
            Route("/mail.json", self.mail_json),
            Route("/mail/{id}", self.message),
            Route("/clock", self.read_clock, methods=["GET"]),
            Route("/clock", self.set_clock, methods=["POST"]),
            Route("/run/{function}", self.run, methods=["POST"]),
        ]

    async def status(self, request: Request) -> Response:
        """Show links, sign-ins, functions and queues."""
        _require_local(request)
        return _page("status.html", info=self._info, **await self._figures())

    async def status_json(self, request: Request) -> Response:
        """Tell the same to programs."""
        _require_local(request)
        known = {"base_url": self._info.base_url, "stripe_url": self._info.stripe_url}
        return JSONResponse({**known, **await self._figures()})

    async def mail(self, request: Request) -> Response:
        """List the mails."""
        _require_local(request)
        to = request.query_params.get("to")
        mails = await asyncio.to_thread(mailbox.fetch, self._info.aws_url, to)
        return _page("mail.html", mails=mails, to=to or "")

    async def mail_json(self, request: Request) -> Response:
        """List the mails for programs."""
        _require_local(request)
        mails = await asyncio.to_thread(mailbox.fetch, self._info.aws_url, request.query_params.get("to"))
        return JSONResponse({"items": [mail.as_dict() for mail in mails]})

    async def message(self, request: Request) -> Response:
        """Show one mail."""
        _require_local(request)
        wanted = request.path_params["id"]
        mails = await asyncio.to_thread(mailbox.fetch, self._info.aws_url)
        found = next((mail for mail in mails if mail.id == wanted), None)
        if found is None:
            raise HTTPException(404, "There is no such mail.")
        return _page("message.html", mail=found)

    async def read_clock(self, request: Request) -> Response:
        """Tell the clock's offset."""
        _require_local(request)
        return JSONResponse({"offset_seconds": clock.read_offset(self._clock)})

    async def set_clock(self, request: Request) -> Response:
        """Move the clock (``offset_seconds``, or ``advance_seconds`` from now) and let what is due happen."""
        _require_local(request)
        wanted = await request.json()
        offset = float(wanted.get("offset_seconds", clock.read_offset(self._clock)))
        clock.write_offset(self._clock, offset + float(wanted.get("advance_seconds", 0)))
        try:
            await asyncio.to_thread(aws.run_schedules, self._info)
        except RuntimeError as error:
            raise HTTPException(502, f"The clock was moved, but: {error}") from error
        return await self.read_clock(request)

    async def run(self, request: Request) -> Response:
        """Run a scheduled function now."""
        _require_local(request)
        name = request.path_params["function"]
        if name not in self._info.schedules:
            raise HTTPException(404, f"{name} is not a scheduled function.")
        return JSONResponse({"result": await asyncio.to_thread(aws.run_function, self._info, name)})

    async def _figures(self) -> dict[str, Any]:
        """Collect what changes."""
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False) as client:
            runner = (await client.get(f"{self._info.runner_url}/status")).json()
        return {
            "functions": runner["functions"],
            "queues": await asyncio.to_thread(aws.queue_depths, self._info),
            "offset_seconds": clock.read_offset(self._clock),
        }


def _page(name: str, **values: Any) -> Response:
    """Render a template."""
    return HTMLResponse(TEMPLATES.get_template(name).render(**values))


def _require_local(request: Request) -> None:
    """Refuse other names and origins: a page elsewhere must not read the mails or move the clock through a browser."""
    host = request.headers.get("host", "")
    origin = request.headers.get("origin")
    if host.rsplit(":", 1)[0] not in LOCAL_NAMES and host not in LOCAL_NAMES:
        raise HTTPException(403, "Only for localhost.")
    if origin is not None and origin != f"http://{host}":
        raise HTTPException(403, "Only for pages of the local cloud itself.")
