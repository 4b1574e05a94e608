"""Clients of Stripe's own SDK that speak to stripe-local."""

from __future__ import annotations

import stripe

SECRET_KEY = "sk_test_local"  # noqa: S105 - stripe-local takes any key of this form
_OPEN: list[tuple[str | None, stripe.HTTPXClient]] = []


def make_client(url: str | None, key: str = SECRET_KEY, *, retries: int = 0) -> stripe.StripeClient:
    """Stripe's own asynchronous client, speaking to stripe-local or, without a URL, to Stripe itself.

    Args:
        url: Where stripe-local listens. Its connections are closed when the `running_stripe` of this URL ends.
        key: Any key of test mode.
        retries: How often the SDK tries again.
    """
    transport = stripe.HTTPXClient()
    _OPEN.append((url, transport))
    return stripe.StripeClient(key, base_addresses={"api": url}, http_client=transport, max_network_retries=retries)


async def close_clients(url: str | None = None) -> None:
    """Close the connections of the clients made here.

    Args:
        url: Only of those that speak to this server; of all when None.
    """
    chosen = [pair for pair in _OPEN if url is None or pair[0] == url]
    _OPEN[:] = [pair for pair in _OPEN if pair not in chosen]
    for _, transport in chosen:
        await transport.close_async()  # type: ignore[no-untyped-call]
