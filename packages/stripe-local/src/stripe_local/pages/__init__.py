"""Pages for people."""

from starlette.routing import Route

from stripe_local.engine import Engine
from stripe_local.pages import billing, dashboard, hosted


def routes(engine: Engine) -> list[Route]:
    """Routes of all pages."""
    return [*dashboard.routes(engine), *hosted.routes(engine), *billing.routes(engine)]
