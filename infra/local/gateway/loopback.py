"""Keep the developers' pages to this machine's own browser, and their content to what they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
# https://www.w3.org/TR/CSP3/: nothing may be loaded but what is named.
DIRECTIVES = {
    "default-src": "'none'",
    "style-src": "'self'",
    "font-src": "'self'",
    "img-src": "data:",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def policy(*more: str) -> str:
    """Return a Content-Security-Policy.

    Args:
        more: Directives that replace or join the usual ones, such as ``"script-src 'self'"``.
    """
    directives = DIRECTIVES | dict(each.split(" ", 1) for each in more)
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


class LocalOnly:
    """Refuse other names and origins: a page elsewhere must not read the mails or move the clock through a browser.

    Links in mails carry one-use codes, so no address is told to others, and nothing is cached.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application.

        Args:
            app: What answers.
        """
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or raise 403."""
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        if host.rsplit(":", 1)[0] not in LOCAL_NAMES and host not in LOCAL_NAMES:
            raise HTTPException(403, "Only for localhost.")
        if origin is not None and origin != f"http://{host}":
            raise HTTPException(403, "Only for pages of the local cloud itself.")

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                answer.setdefault("Content-Security-Policy", policy())
                answer.setdefault("Cache-Control", "no-store")
                answer["Referrer-Policy"] = "no-referrer"
                answer["X-Content-Type-Options"] = "nosniff"
            await send(message)

        await self._app(scope, receive, guarded)
