"""Pages and JSON for developers, below ``/_dev``."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote

import httpx
from jinja2 import Environment, FileSystemLoader
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from infra.local import aws, clock, mailbox, staff_codes
from infra.local.gateway import loopback, proxy

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from infra.local.info import CloudInfo

TEMPLATES = Environment(loader=FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True)
TEMPLATES.filters["label"] = mailbox.label
TEMPLATES.filters["opening_links_in_tabs"] = mailbox.opening_links_in_tabs
ASSETS = Path(__file__).with_name("assets")
TIMEOUT_SECONDS = 5.0
#: Ten years: farther than any rule looks, and every instant can still be written.
MOST_SECONDS = 315_576_000


class Pages:
    """Answers for one running cloud."""

    def __init__(self, info: CloudInfo, connections: Callable[[], int]) -> None:
        """Keep what is known of the cloud.

        Args:
            info: The running cloud.
            connections: Tells how many sockets are open.
        """
        self._connections = connections
        self._info = info
        self._clock = Path(info.clock_file)

    def routes(self) -> list[BaseRoute]:
        """Return the routes below ``/_dev``."""
        return [
            Mount("/assets", StaticFiles(directory=ASSETS)),
            Route("/", self.status),
            Route("/status.json", self.status_json),
            Route("/mail", self.mail),
            Route("/mail.json", self.mail_json),
            Route("/mail/{id}", self.message),
            Route("/mail/{id}/attachments/{index:int}", self.attachment),
            Route("/mail/{id}/unsubscribe", self.unsubscribe, methods=["POST"]),
            Route("/clock", self.read_clock, methods=["GET"]),
            Route("/clock", self.set_clock, methods=["POST"]),
            Route("/run/{function}", self.run, methods=["POST"]),
        ]

    async def status(self, _request: Request) -> Response:
        """Show links, sign-ins, functions, queues, buckets and connections."""
        statistics = await self._statistics()
        told = clock.tell(statistics["offset_seconds"])
        codes = staff_codes.present(self._info.sign_ins, statistics["offset_seconds"])
        return self._page("status.html", info=self._info, clock=told, codes=codes, **statistics)

    async def status_json(self, _request: Request) -> Response:
        """Tell the same to programs."""
        known = {"base_url": self._info.base_url, "stripe_url": self._info.stripe_url}
        return JSONResponse({**known, **await self._statistics()})

    async def mail(self, request: Request) -> Response:
        """List the mails."""
        to = request.query_params.get("to")
        mails = await asyncio.to_thread(mailbox.fetch, self._info.aws_url, to)
        return self._page("mail.html", mails=mails, to=to or "")

    async def mail_json(self, request: Request) -> Response:
        """List the mails for programs."""
        mails = await asyncio.to_thread(mailbox.fetch, self._info.aws_url, request.query_params.get("to"))
        return JSONResponse({"items": [mail.as_dict() for mail in mails]})

    async def message(self, request: Request) -> Response:
        """Show one mail."""
        answered = request.query_params.get("unsubscribed", "")
        page = self._page("message.html", mail=await self._mail_of(request), answered=answered)
        # The mail itself is styled within its markup; the frame that shows it runs no script.
        page.headers["Content-Security-Policy"] = loopback.policy("style-src 'self' 'unsafe-inline'")
        return page

    async def attachment(self, request: Request) -> Response:
        """Hand out a file that came with a mail."""
        attachments = (await self._mail_of(request)).attachments
        index = request.path_params["index"]
        if index >= len(attachments):
            raise HTTPException(404, "There is no such attachment.")
        file = attachments[index]
        disposition = f"attachment; filename*=UTF-8''{quote(file.name)}"
        return Response(file.content, headers={"Content-Type": file.type, "Content-Disposition": disposition})

    async def unsubscribe(self, request: Request) -> Response:
        """Switch mails of one kind off, as a mail program does by its button, and say what was answered."""
        mail = await self._mail_of(request)
        if not mail.is_one_click:
            raise HTTPException(404, "This mail is not switched off by one click.")
        async with httpx.AsyncClient(timeout=proxy.TIMEOUT_SECONDS, trust_env=False) as client:
            answer = await client.post(mail.unsubscribe, data=mailbox.ONE_CLICK)
        return RedirectResponse(f"/_dev/mail/{quote(mail.id)}?unsubscribed={answer.status_code}", 303)

    async def _mail_of(self, request: Request) -> mailbox.Mail:
        """Return the mail that an address names."""
        wanted = request.path_params["id"]
        mails = await asyncio.to_thread(mailbox.fetch, self._info.aws_url)
        found = next((mail for mail in mails if mail.id == wanted), None)
        if found is None:
            raise HTTPException(404, "There is no such mail.")
        return found

    async def read_clock(self, _request: Request) -> Response:
        """Tell the clock's offset."""
        return JSONResponse({"offset_seconds": clock.read_offset(self._clock)})

    async def set_clock(self, request: Request) -> Response:
        """Move the clock (``offset_seconds``, or ``advance_seconds`` from now) and let what is due happen.

        A program sends JSON and gets the new offset; a button of the status page sends a form and is led back there.
        """
        is_form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        wanted: Any = dict(parse_qsl((await request.body()).decode())) if is_form else await _json(request)
        clock.write_offset(self._clock, _moved(wanted, clock.read_offset(self._clock)))
        try:
            await asyncio.to_thread(aws.run_schedules, self._info)
        except RuntimeError as error:
            raise HTTPException(502, f"The clock was moved, but: {error}") from error
        return RedirectResponse("/_dev", 303) if is_form else await self.read_clock(request)

    async def run(self, request: Request) -> Response:
        """Run a scheduled function now."""
        name = request.path_params["function"]
        if name not in self._info.schedules:
            raise HTTPException(404, f"{name} is not a scheduled function.")
        return JSONResponse({"result": await asyncio.to_thread(aws.run_function, self._info, name)})

    async def _statistics(self) -> dict[str, Any]:
        """Collect what changes."""
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False) as client:
            runner = (await client.get(f"{self._info.runner_url}/status")).json()
        return {
            "functions": runner["functions"],
            "queues": await asyncio.to_thread(aws.queue_depths, self._info),
            "buckets": await asyncio.to_thread(aws.bucket_sizes, self._info),
            "connections": self._connections(),
            "offset_seconds": clock.read_offset(self._clock),
        }

    def _page(self, name: str, **values: Any) -> Response:
        """Render a template."""
        return HTMLResponse(TEMPLATES.get_template(name).render(stripe_url=self._info.stripe_url, **values))


async def _json(request: Request) -> Any:
    """Read a body, or None where it is no JSON."""
    try:
        return await request.json()
    except ValueError:
        return None


def _moved(wanted: Any, offset: float) -> float:
    """Return the offset that is asked for, or refuse."""
    try:
        moved = float(wanted.get("offset_seconds", offset)) + float(wanted.get("advance_seconds", 0))
    except (ValueError, TypeError, AttributeError):
        moved = math.nan
    if not abs(moved) <= MOST_SECONDS:
        detail = f"Send offset_seconds or advance_seconds, numbers that lead at most {MOST_SECONDS} s away."
        raise HTTPException(400, detail)
    return moved
