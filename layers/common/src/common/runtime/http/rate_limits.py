"""Rate limits as a dependency of a route: ``dependencies=[Depends(rate_limit("login", limit=10, per_seconds=60))]``."""

from collections.abc import Callable, Coroutine
from ipaddress import IPv6Address, ip_address
from typing import Annotated, Any, Literal

from fastapi import Request, Response
from pydantic import Field

from common.application.ports.shared.limits import Bucket
from common.application.shared.together import together
from common.runtime.http.dependencies import authenticate_request, get_container
from common.runtime.http.problems import LimitReached
from common.runtime.settings import Count, SettingsGroup

#: One household or host usually holds a whole /64 (RFC 6177), so that is what counts as one address.
_IPV6_HOST_BITS = 64
_MINUTE = 60

By = Literal["address", "user"]
Check = Callable[[Request, Response], Coroutine[Any, Any, None]]


class RateLimitSettings(SettingsGroup):
    """How many addresses one network address may have looked up in a minute, and how often it may search."""

    lookups_per_minute: Annotated[Count, Field(ge=1)] = 60
    searches_per_minute: Annotated[Count, Field(ge=1)] = 240


def rate_limit(name: str, *, limit: int, per_seconds: int, by: By = "address") -> Check:
    """Make a dependency that lets ``limit`` requests per window through, evenly refilled, shared by all instances.

    The response tells what is left in ``RateLimit-Limit``, ``-Remaining``, ``-Reset`` and ``-Policy``
    (draft-ietf-httpapi-ratelimit-headers-06). The dependency raises ``LimitReached`` when nothing is left.

    Args:
        name: the limit's name; routes that share it share its buckets.
        limit: how many requests may come at once, and in one window.
        per_seconds: the window's length in seconds.
        by: whose requests count together: an address's, or a user's (an address's without a user).
    """

    async def check(request: Request, response: Response) -> None:
        container = await get_container(request)
        key = f"{name}:{await _caller(request, by)}"
        bucket = await container.rate_limits.take(
            key, limit=limit, window_seconds=per_seconds, now=container.clock.now()
        )
        headers = _headers(bucket, limit, per_seconds)
        if not bucket.allowed:
            raise LimitReached(retry_after=bucket.retry_after, headers=headers)
        for header, value in headers.items():
            response.headers[header] = value

    return check


def at_once(first: Check, second: Check) -> Check:
    """Make a dependency of two limits that are asked at once; the response tells of the second.

    Either refuses, the first one before the second. A token that proves nothing is refused before anything is counted.
    """

    async def check(request: Request, response: Response) -> None:
        await authenticate_request(request)
        told = Response()
        await together(first(request, told), second(request, response))

    return check


async def limit_lookups(request: Request, response: Response) -> None:
    """Dependency of every route that looks an address up, and what those call that do so only sometimes.

    A look-up may cost money or somebody else's patience, so all routes share one limit per network address.

    Raises:
        LimitReached: too many in this minute.
    """
    limit = (await get_container(request)).settings.of(RateLimitSettings).lookups_per_minute
    await rate_limit("geo", limit=limit, per_seconds=_MINUTE)(request, response)


async def limit_searches(request: Request, response: Response) -> None:
    """Dependency of searches and suggestions: the most expensive reads that anybody may make.

    Raises:
        LimitReached: too many in this minute.
    """
    limit = (await get_container(request)).settings.of(RateLimitSettings).searches_per_minute
    await rate_limit("search", limit=limit, per_seconds=_MINUTE)(request, response)


async def _caller(request: Request, by: By) -> str:
    principal = await authenticate_request(request) if by == "user" else None
    return principal.user_id if principal else client_address(request)


def client_address(request: Request) -> str:
    """The caller's address as API Gateway saw it; of an IPv6 address its /64."""
    host = request.client.host if request.client else "unknown"
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        return f"{IPv6Address(int(address) >> _IPV6_HOST_BITS << _IPV6_HOST_BITS)}/64"
    return host


def _headers(bucket: Bucket, limit: int, per_seconds: int) -> dict[str, str]:
    return {
        "RateLimit-Limit": str(limit),
        "RateLimit-Remaining": str(bucket.remaining),
        "RateLimit-Reset": str(bucket.reset),
        "RateLimit-Policy": f"{limit};w={per_seconds}",
    }
