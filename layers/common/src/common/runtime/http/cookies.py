"""Cookies by which a browser is known again; no script reads them."""

from urllib.parse import urlsplit

from fastapi import Response

from common.runtime.container.core import CoreContainer


def set_cookie(response: Response, container: CoreContainer, name: str, value: str, *, path: str, seconds: int) -> None:
    """Set a cookie that no script reads; ``seconds`` of 0 removes it.

    A page of another site gets only ``SameSite=None`` cookies sent with its calls, and those must be ``Secure``
    (draft-ietf-httpbis-rfc6265bis section 5.7). Over plain HTTP, on a developer's machine, both are one site.
    """
    is_secure = container.public_base_url.startswith("https://")
    is_elsewhere = is_secure and not is_same_site(container.public_base_url, container.frontend_base_url)
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
