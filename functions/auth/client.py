"""Where a request comes from, and the cookies by which a browser is known again."""

from dataclasses import replace
from typing import Annotated
from urllib.parse import urlsplit

from common.domain.identity import ClientInfo
from common.domain.opaque_tokens import new_token
from common.runtime.http import Deps
from common.runtime.http.rate_limits import client_address
from fastapi import Depends, Request, Response

DEVICE_COOKIE = "gigsta_device"
_DEVICE_PATH = "/v1/auth"
_MAX_TOKEN_LENGTH = 64
_MAX_USER_AGENT_LENGTH = 256
_YEAR_SECONDS = 365 * 24 * 3600


def client_info(request: Request) -> ClientInfo:
    """The caller's address, program and device."""
    token = request.cookies.get(DEVICE_COOKIE)
    return ClientInfo(
        ip=client_address(request),
        user_agent=request.headers.get("user-agent", "")[:_MAX_USER_AGENT_LENGTH],
        device_token=token if token and len(token) <= _MAX_TOKEN_LENGTH else None,
    )


Client = Annotated[ClientInfo, Depends(client_info)]


def known_client(response: Response, deps: Deps, client: ClientInfo) -> ClientInfo:
    """The same client with a device token: its own, or a new one that is sent along with the response."""
    if client.device_token is not None:
        return client
    token = new_token()
    remember_device(response, deps, token)
    return replace(client, device_token=token)


def remember_device(response: Response, deps: Deps, device_token: str | None) -> None:
    """Give the browser or app its device token.

    It opens nothing. It keeps strangers' failures apart from the owner's, and tells the device that registered an
    address from others that follow the link. A program without a cookie jar reads it from ``Set-Cookie`` and sends it
    back as ``Cookie``.
    """
    if device_token:
        set_cookie(response, deps, DEVICE_COOKIE, device_token, path=_DEVICE_PATH, seconds=_YEAR_SECONDS)


def set_cookie(response: Response, deps: Deps, name: str, value: str, *, path: str, seconds: int) -> None:
    """Set a cookie that no script reads; ``seconds`` of 0 removes it.

    A page of another site gets only ``SameSite=None`` cookies sent with its calls, and those must be ``Secure``
    (draft-ietf-httpbis-rfc6265bis section 5.7). Over plain HTTP, on a developer's machine, both are one site.
    """
    is_secure = deps.settings.public_base_url.startswith("https://")
    is_elsewhere = is_secure and not is_same_site(deps.settings.public_base_url, deps.settings.frontend_base_url)
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=path,
        secure=is_secure,
        httponly=True,
        samesite="none" if is_elsewhere else "lax",
    )


def is_same_site(one: str, other: str) -> bool:
    """Whether two addresses are surely of one site: the same scheme, and the same host or one below the other.

    Neighbours (``api.example.nz`` and ``app.example.nz``) may be one site or, under a public suffix, two; they count
    as two, because a cookie for another site works for both.
    """
    first, second = urlsplit(one), urlsplit(other)
    hosts = sorted((first.hostname or "", second.hostname or ""), key=len)
    is_near = hosts[0] == hosts[1] or (hosts[0] != "" and hosts[1].endswith(f".{hosts[0]}"))
    return first.scheme == second.scheme and is_near
