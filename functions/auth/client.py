"""Where a request comes from, and the cookies by which a browser is known again."""

from dataclasses import replace
from typing import Annotated

from common.domain.identity.clients import ClientInfo
from common.domain.shared.opaque_tokens import new_token
from common.runtime.http.clients import client_info as plain_client_info
from common.runtime.http.cookies import set_cookie
from fastapi import Depends, Request, Response

from functions.auth.container import ContainerDep

DEVICE_COOKIE = "gigsta_device"
_DEVICE_PATH = "/v1/auth"
_MAX_TOKEN_LENGTH = 64
_YEAR_SECONDS = 365 * 24 * 3600


async def client_info(request: Request) -> ClientInfo:
    """The caller's address, program and device."""
    token = request.cookies.get(DEVICE_COOKIE)
    known = token if token and len(token) <= _MAX_TOKEN_LENGTH else None
    return replace(await plain_client_info(request), device_token=known)


Client = Annotated[ClientInfo, Depends(client_info)]


def known_client(response: Response, container: ContainerDep, client: ClientInfo) -> ClientInfo:
    """The same client with a device token: its own, or a new one that is sent along with the response."""
    if client.device_token is not None:
        return client
    token = new_token()
    remember_device(response, container, token)
    return replace(client, device_token=token)


def remember_device(response: Response, container: ContainerDep, device_token: str | None) -> None:
    """Give the browser or app its device token.

    It opens nothing. It keeps strangers' failures apart from the owner's, and tells the device that registered an
    address from others that follow the link. A program without a cookie jar reads it from ``Set-Cookie`` and sends it
    back as ``Cookie``.
    """
    if device_token:
        set_cookie(response, container, DEVICE_COOKIE, device_token, path=_DEVICE_PATH, seconds=_YEAR_SECONDS)
