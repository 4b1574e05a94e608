"""The one Stripe client of an execution environment."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
import stripe

from common.application.shared.deadline import seconds_for_call
from common.domain.shared.errors import OutOfTime

#: Pinned: what Stripe sends must not change before the code that reads it does (https://docs.stripe.com/upgrades).
API_VERSION = "2026-10-28.endive"

_CONNECT_SECONDS = 2.0
#: Stripe answers most calls within a second, and those that reach a card's issuer within a few.
_ANSWER_SECONDS = 8.0


def make_stripe_client(
    secret_key: str, *, api_base: str | None = None, answer_seconds: float = _ANSWER_SECONDS
) -> stripe.StripeClient:
    """Make an asynchronous client over httpx.

    The SDK repeats no call: its waits would count twice against the deadline, and what gave no answer is looked up
    before it is tried again, by the client with the same idempotency key or by a queue's next delivery.

    Args:
        secret_key: the platform's secret (or restricted) key.
        api_base: another server that speaks Stripe's API, such as the local one.
        answer_seconds: how long to wait for an answer, once connected; never beyond the deadline.
    """
    return stripe.StripeClient(
        secret_key,
        stripe_version=API_VERSION,
        base_addresses={"api": api_base} if api_base else None,
        max_network_retries=0,
        http_client=DeadlineTransport(answer_seconds),
    )


class DeadlineTransport(stripe.HTTPXClient):
    """The SDK's httpx transport, whose calls end with the deadline.

    httpx bounds each step of a call, and each piece of an answer, but not the call; so that is bounded here.

    Args:
        answer_seconds: how long to wait for an answer.
    """

    def __init__(self, answer_seconds: float) -> None:

        timeout = httpx.Timeout(answer_seconds, connect=_CONNECT_SECONDS, pool=_CONNECT_SECONDS)
        super().__init__(timeout=timeout)
        self.most_seconds = _CONNECT_SECONDS + answer_seconds

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Make one call.

        Raises:
            stripe.APIConnectionError: no answer in time; caused by ``OutOfTime`` where the call was not begun.
        """
        try:
            async with asyncio.timeout(seconds_for_call(self.most_seconds)):
                return await super().request_async(method, url, headers, post_data)
        except (OutOfTime, TimeoutError) as error:
            self._handle_request_error(error)


async def close_stripe_client(client: stripe.StripeClient) -> None:
    """Close the client's connections."""
    transport = client._requestor._client  # noqa: SLF001 - the SDK keeps what it was given, and has no way to ask for it
    if transport is not None:
        await transport.close_async()  # type: ignore[no-untyped-call]
