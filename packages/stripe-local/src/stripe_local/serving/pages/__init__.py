"""Pages for people."""

from starlette.routing import Route

from stripe_local.serving.engine import Engine
from stripe_local.serving.pages import billing, dashboard, hosted, stripe_js


def routes(engine: Engine) -> list[Route]:
    """Routes of all pages."""
    return [*dashboard.routes(engine), *hosted.routes(engine), *billing.routes(engine), *stripe_js.routes()]
