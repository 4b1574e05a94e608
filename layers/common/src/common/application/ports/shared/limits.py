"""Shared state that keeps the API safe from haste: rate limits and idempotency keys."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

#: How long an idempotency key means the request that it first came with; Stripe keeps keys for at least 24 hours.
KEEP_KEYS = timedelta(hours=24)


@dataclass(frozen=True)
class Bucket:
    """What is left of a rate limit.

    Args:
        allowed: whether this request passed.
        remaining: whole requests that may follow at once.
        retry_after: whole seconds until one more may pass; 0 if one may now.
        reset: whole seconds until the limit is untouched again.
    """

    allowed: bool
    remaining: int
    retry_after: int
    reset: int


class RateLimits(Protocol):
    """Token buckets that all instances share."""

    async def take(self, key: str, *, limit: int, window_seconds: int, now: datetime) -> Bucket:
        """Take one token.

        Args:
            key: whose bucket.
            limit: how many requests may come at once; also how many tokens come back in a window.
            window_seconds: the window's length in seconds.
            now: the present instant.
        """
        ...


class SharedRate(RateLimits, Protocol):
    """A rate at which all instances together ask somebody else, who may say that it is too much."""

    async def pause(self, key: str, *, until: datetime) -> None:
        """Let nobody take a token before an instant; they come back evenly from then on."""
        ...


@dataclass(frozen=True)
class StoredResponse:
    """The first answer to a request, as it is replayed."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class IdempotentRequest:
    """What identifies a request.

    Args:
        key: the caller's key.
        caller: the account, or the address of a caller without one.
        method: HTTP method.
        path: path without query.
        fingerprint: digest of query and body.
    """

    key: str
    caller: str
    method: str
    path: str
    fingerprint: str


class IdempotencyStore(Protocol):
    """First answers by idempotency key."""

    async def claim(self, request: IdempotentRequest, owner: str, now: datetime) -> StoredResponse | None:
        """Take the key for working on, or get the first answer if there is one.

        Raises:
            IdempotencyKeyReused: the key came with another request.
            IdempotencyInFlight: the first request is still being worked on.
        """
        ...

    async def complete(self, request: IdempotentRequest, owner: str, response: StoredResponse, now: datetime) -> None:
        """Keep the answer for replays."""
        ...

    async def release(self, request: IdempotentRequest, owner: str) -> None:
        """Give the key back, so that a retry is worked on."""
        ...
