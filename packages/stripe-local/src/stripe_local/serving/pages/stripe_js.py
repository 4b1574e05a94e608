"""A stand-in for Stripe.js: the part of it that a card form needs, under the real names."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

_SCRIPT = Path(__file__).with_name("stripe.js")


def routes() -> list[Route]:
    """The script's route; apps load Stripe.js by an address, and this is the local one."""

    async def script(_request: Request) -> Response:
        return FileResponse(_SCRIPT, media_type="text/javascript", headers={"Cache-Control": "no-cache"})

    return [Route("/v3/stripe.js", script)]
