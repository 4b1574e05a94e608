"""Serves the web app, as CloudFront does from its bucket: files as they are, and for every page the one document."""

from __future__ import annotations

import functools
import gzip
import mimetypes
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from common.domain.payments.platform import Platform
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response

from infra.local.gateway import loopback
from infra.local.gateway.pages import TEMPLATES
from infra.web import app

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

    from infra.local.info import CloudInfo

#: What answers for the API alone, whoever asks.
API_PATHS = ("/v1/", "/docs", "/.well-known/", "/_dev")
#: Of what, and from how many bytes to how many, CloudFront compresses:
#: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html.
COMPRESSED = frozenset({".css", ".html", ".js", ".json", ".svg"})
LEAST_COMPRESSED, MOST_COMPRESSED = 1_000, 10_000_000
STRIPE_JS = "https://js.stripe.com/v3/"
STRIPE_FRAMES = "https://js.stripe.com https://hooks.stripe.com"
STRIPE_API = "https://api.stripe.com"


class WebApp:
    """The web app of one running cloud."""

    def __init__(self, info: CloudInfo) -> None:
        """Keep what is known of the cloud.

        Args:
            info: The running cloud.
        """
        self._info = info
        self._headers = page_headers(info)

    async def config(self, _request: Request) -> Response:
        """Tell the app what differs from one deployment to the next."""
        info = self._info
        real = STRIPE_JS if info.stripe_publishable_key else ""
        known = {
            "stripe_js": f"{info.stripe_url}/v3/stripe.js" if info.stripe_url else real,
            "stripe_key": info.stripe_publishable_key or "pk_test_local",
            "tiles": None,
            "currency": Platform().own_currency,
            "developer_pages": "/_dev",
        }
        return JSONResponse(known, headers={"Cache-Control": "no-store"})

    def answer(self, request: Request) -> Response | None:
        """Return a file or the app's document, or None where the API is to answer.

        Args:
            request: What the browser asks for.
        """
        path = request.url.path
        if request.method not in {"GET", "HEAD"} or path.startswith(API_PATHS):
            return None
        file = _file(path)
        if file is not None:
            keeping = app.FOREVER if path.startswith(app.HASHED) else "no-cache"
            return _sent(request, file, {"Cache-Control": keeping})
        if path.startswith(app.HASHED) or "text/html" not in request.headers.get("accept", ""):
            return None
        # Cookies and the sign-in belong to the public address alone, not to another name of this machine.
        if request.headers["host"] != urlsplit(self._info.base_url).netloc:
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(f"{self._info.base_url}{path}{query}")
        return self._document(request)

    def _document(self, request: Request) -> Response:
        headers = self._headers
        page = app.DIST / "index.html"
        if page.is_file():
            return _sent(request, page, headers)
        state, _, reason = _state().partition("\n")
        values = {"is_building": state == app.BUILDING, "reason": reason, "stripe_url": self._info.stripe_url}
        text = TEMPLATES.get_template("unbuilt.html").render(values)
        return HTMLResponse(text, 503, {**headers, "Retry-After": "2"})


def page_headers(info: CloudInfo) -> dict[str, str]:
    """Return what browsers are told of the app's page; CloudFront says the same (``template.yaml``, ``WebHeaders``).

    Args:
        info: The running cloud.
    """
    return {
        "Content-Security-Policy": _policy(info),
        "Cache-Control": "no-cache",
        # Links in mails carry one-use codes.
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


def _policy(info: CloudInfo) -> str:
    """Return the page's policy: nothing inline, and of others Stripe, the bucket and pictures that services name."""
    sockets = info.base_url.replace("http", "ws", 1)
    scripts, calls, frames = (info.stripe_url, info.stripe_url, "'none'") if info.stripe_url else (
        "https://js.stripe.com", STRIPE_API, STRIPE_FRAMES
    )  # fmt: skip
    return loopback.policy(
        f"script-src 'self' {scripts}",
        "style-src 'self'",
        "font-src 'self'",
        f"img-src 'self' data: blob: https: {info.aws_url}",
        f"connect-src 'self' {sockets} {info.aws_url} {calls}",
        f"frame-src {frames}",
        "form-action 'self'",
    )


def _sent(request: Request, file: Path, headers: dict[str, str]) -> Response:
    """Return a file, compressed where CloudFront would compress it for this browser, and from memory as there."""
    about = file.stat()
    if about.st_size > MOST_COMPRESSED:
        return FileResponse(file, headers=headers)
    if file.suffix in COMPRESSED and about.st_size >= LEAST_COMPRESSED:
        headers = {**headers, "Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
    content = _content(file, about.st_mtime_ns, is_compressed="Content-Encoding" in headers)
    return Response(content, headers=headers, media_type=mimetypes.guess_type(file)[0])


@functools.lru_cache(maxsize=512)
def _content(file: Path, _changed_at: int, *, is_compressed: bool) -> bytes:
    """Return a file's bytes; read, and compressed if so, once for each time that it was written."""
    content = file.read_bytes()
    return gzip.compress(content, mtime=0) if is_compressed else content


def _file(path: str) -> Path | None:
    """Return a built file; the document itself is for pages, and files whose names begin with a dot are for nobody."""
    parts = path.strip("/").split("/")
    if path in {"/", "/index.html"} or any(part.startswith(".") or not part for part in parts):
        return None
    file = app.DIST.joinpath(*parts)
    return file if file.is_file() and file.resolve().is_relative_to(app.DIST.resolve()) else None


def _state() -> str:
    return app.STATE.read_text(encoding="utf-8") if app.STATE.is_file() else ""
