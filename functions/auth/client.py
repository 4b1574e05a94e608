"""Where a request comes from, and the cookie by which a browser is known again."""

from typing import Annotated

from common.domain.identity import ClientInfo
from common.runtime.http import Deps
from common.runtime.http.rate_limits import client_address
from fastapi import Depends, Request, Response

DEVICE_COOKIE = "gigsta_device"
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


def remember_device(response: Response, deps: Deps, device_token: str | None) -> None:
    """Give the browser its device token. It opens nothing; it only keeps strangers' failures apart from the owner's."""
    if device_token:
        response.set_cookie(
            DEVICE_COOKIE,
            device_token,
            max_age=_YEAR_SECONDS,
            path="/v1/auth",
            secure=deps.settings.public_base_url.startswith("https://"),
            httponly=True,
            samesite="lax",
        )
