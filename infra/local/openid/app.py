"""The local provider's pages and endpoints (https://openid.net/specs/openid-connect-core-1_0.html)."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from infra.local.openid.settings import CLIENT_ID, PROVIDERS

if TYPE_CHECKING:
    from starlette.requests import Request

    from infra.local.openid.people import LocalProvider

_NEEDED = ("client_id", "redirect_uri", "response_type", "code_challenge", "code_challenge_method", "state")
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in: local {provider}</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<style>body{{font:16px system-ui;max-width:24em;margin:4em auto;padding:0 1em}}label{{display:block;margin:1em 0}}
input:not([type=checkbox]){{width:100%;padding:.5em;box-sizing:border-box}}</style>
<h1>Local {provider}</h1><p>Nobody is asked for a password here: choose who you are.</p>
<form method="post"><label>Mail address <input name="email" type="email" required value="{email}"></label>
<label>Name <input name="name" value="Local Person"></label>
<label><input name="verified" type="checkbox" value="yes" checked> the address is verified</label>
<button>Sign in</button></form>"""


class Endpoints:
    """Handlers over one provider's state."""

    def __init__(self, provider: LocalProvider) -> None:
        self._provider = provider

    async def discovery(self, request: Request) -> Response:
        """The discovery document."""
        name = _name(request)
        if name is None:
            return _unknown()
        issuer = self._provider.issuer(name)
        return JSONResponse(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/authorize",
                "token_endpoint": f"{issuer}/token",
                "jwks_uri": f"{issuer}/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    async def keys(self, request: Request) -> Response:
        """The key set."""
        return JSONResponse(self._provider.public_keys()) if _name(request) else _unknown()

    async def authorize(self, request: Request) -> Response:
        """Ask who is there; with ``prompt=none`` take ``login_hint`` for the answer, as scripts do."""
        name, query = _name(request), dict(request.query_params)
        if name is None:
            return _unknown()
        if wrong := _complaint(query):
            return JSONResponse({"error": "invalid_request", "error_description": wrong}, 400)
        hint = query.get("login_hint", "")
        if request.method == "GET" and query.get("prompt") != "none":
            return HTMLResponse(_PAGE.format(provider=name.capitalize(), email=html.escape(hint, quote=True)))
        form = await _form(request) if request.method == "POST" else {"email": hint, "verified": "yes"}
        code = self._provider.grant(
            name,
            query,
            email=form.get("email", ""),
            name=form.get("name", "Local Person"),
            is_verified=form.get("verified") == "yes",
        )
        answer = urlencode({"code": code, "state": query["state"]})
        return RedirectResponse(f"{query['redirect_uri']}?{answer}", 302)

    async def token(self, request: Request) -> Response:
        """Trade a code for an ID token."""
        name = _name(request)
        id_token = self._provider.redeem(name, await _form(request)) if name else None
        if id_token is None:
            return JSONResponse({"error": "invalid_grant"}, 400)
        answer = {"access_token": "unused", "token_type": "Bearer", "expires_in": 600, "id_token": id_token}
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})


def create_app(provider: LocalProvider) -> Starlette:
    """Make the application."""
    endpoints = Endpoints(provider)
    return Starlette(
        routes=[
            Route("/{provider}/.well-known/openid-configuration", endpoints.discovery),
            Route("/{provider}/jwks", endpoints.keys),
            Route("/{provider}/authorize", endpoints.authorize, methods=["GET", "POST"]),
            Route("/{provider}/token", endpoints.token, methods=["POST"]),
        ]
    )


def _name(request: Request) -> str | None:
    name = str(request.path_params["provider"])
    return name if name in PROVIDERS else None


def _complaint(query: dict[str, str]) -> str:
    """What is wrong with an authorization request."""
    missing = [name for name in _NEEDED if not query.get(name)]
    if missing:
        return f"missing: {', '.join(missing)}"
    fixed: dict[str, Any] = {"client_id": CLIENT_ID, "response_type": "code", "code_challenge_method": "S256"}
    wrong = [name for name, value in fixed.items() if query[name] != value]
    return f"not accepted: {', '.join(wrong)}" if wrong else ""


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode()))


def _unknown() -> Response:
    return JSONResponse({"error": "unknown provider"}, 404)
