"""The one Stripe client of an execution environment."""

import asyncio
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httpx
import stripe

from common.application.shared.deadline import seconds_for_call
from common.application.shared.spans import span
from common.domain.shared.errors import OutOfTime, Unavailable

#: Pinned: what Stripe sends must not change before the code that reads it does (https://docs.stripe.com/upgrades).
API_VERSION = "2026-10-28.endive"

_CONNECT_SECONDS = 2.0
#: The field of a call that has the key, as the SDK writes it.
_KEY_FIELD = "Authorization"
#: Ids of Stripe's objects have a short prefix, and digits somewhere behind it: ``/v1/transfers/tr_1N…/reversals``.
_ID = re.compile(r"/[a-z]+_[^/]*\d[^/]*")
#: Stripe answers most calls within a second, and those that reach a card's issuer within a few.
_ANSWER_SECONDS = 8.0


def make_stripe_client(
    secret_key: str,
    *,
    api_base: str | None = None,
    answer_seconds: float = _ANSWER_SECONDS,
    reread_key: Callable[[], str] | None = None,
) -> stripe.StripeClient:
    """Make an asynchronous client over httpx.

    The SDK repeats no call: its waits would count twice against the deadline, and what gave no answer is looked up
    before it is tried again, by the client with the same idempotency key or by a queue's next delivery.

    Args:
        secret_key: the platform's secret (or restricted) key.
        api_base: another server that speaks Stripe's API, such as the local one.
        answer_seconds: how long to wait for an answer, once connected; never beyond the deadline.
        reread_key: gives the key as it is now, once Stripe has refused the one at hand; it may block.
    """
    return stripe.StripeClient(
        secret_key,
        stripe_version=API_VERSION,
        base_addresses={"api": api_base} if api_base else None,
        max_network_retries=0,
        http_client=DeadlineTransport(answer_seconds, reread_key),
    )


class DeadlineTransport(stripe.HTTPXClient):
    """The SDK's httpx transport, whose calls end with the deadline.

    httpx bounds each step of a call, and each piece of an answer, but not the call; so that is bounded here.

    Where Stripe refuses the key (401: it has done nothing), the key is read again, and a call is made once more with
    one that has changed. So a key can be rolled without starting anything anew.

    Args:
        answer_seconds: how long to wait for an answer.
        reread_key: gives the key as it is now.
    """

    def __init__(self, answer_seconds: float, reread_key: Callable[[], str] | None = None) -> None:

        timeout = httpx.Timeout(answer_seconds, connect=_CONNECT_SECONDS, pool=_CONNECT_SECONDS)
        super().__init__(timeout=timeout)
        self.most_seconds = _CONNECT_SECONDS + answer_seconds
        self._reread_key = reread_key
        #: In place of the client's own, once that was refused.
        self._newer_key: str | None = None

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Make one call.

        Raises:
            stripe.APIConnectionError: no answer in time; caused by ``OutOfTime`` where the call was not begun.
        """
        answer = await self._call(method, url, self._signed(headers), post_data)
        if answer[1] == HTTPStatus.UNAUTHORIZED and await self._has_newer_key(self._signed(headers)):
            return await self._call(method, url, self._signed(headers), post_data)
        return answer

    def _signed(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        """The fields with the key that was read last."""
        return {**headers, _KEY_FIELD: f"Bearer {self._newer_key}"} if self._newer_key else headers

    async def _has_newer_key(self, refused: Mapping[str, str]) -> bool:
        """Whether there is another key by now than the one with which a call was refused."""
        if self._reread_key is None:
            return False
        try:
            key = await asyncio.to_thread(self._reread_key)
        except Unavailable:  # the caller is told what Stripe has answered
            return False
        if refused.get(_KEY_FIELD) == f"Bearer {key}":
            return False
        self._newer_key = key
        return True

    async def _call(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any
    ) -> tuple[bytes, int, Mapping[str, str]]:
        try:
            async with asyncio.timeout(seconds_for_call(self.most_seconds)):
                with span("Stripe", method=method.upper(), path=without_ids(url)):
                    return await super().request_async(method, url, headers, post_data)
        except (OutOfTime, TimeoutError) as error:
            self._handle_request_error(error)


async def close_stripe_client(client: stripe.StripeClient) -> None:
    """Close the client's connections."""
    transport = client._requestor._client  # noqa: SLF001 - the SDK keeps what it was given, and has no way to ask for it
    if transport is not None:
        await transport.close_async()  # type: ignore[no-untyped-call]


def without_ids(url: str) -> str:
    """The path of an address with the ids in it replaced, so that calls of one kind are alike."""
    return _ID.sub("/{id}", urlsplit(url).path)
