"""The one Stripe client of an execution environment."""

import stripe

#: Pinned: what Stripe sends must not change before the code that reads it does (https://docs.stripe.com/upgrades).
API_VERSION = "2026-10-28.endive"

#: Seconds. API Gateway gives up after 30 s (https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html),
#: and a request may make two calls.
_CONNECT_TIMEOUT = 3.0
_ANSWER_TIMEOUT = 10.0


def make_stripe_client(
    secret_key: str,
    *,
    api_base: str | None = None,
    answer_timeout: float = _ANSWER_TIMEOUT,
    retries: int = 1,
) -> stripe.StripeClient:
    """Make an asynchronous client over httpx.

    Args:
        secret_key: the platform's secret (or restricted) key.
        api_base: another server that speaks Stripe's API, such as the local one.
        answer_timeout: seconds to wait for an answer.
        retries: how often the SDK repeats a call that met a lost connection, a 409 or a 5xx. Every call that acts
            carries an idempotency key, so that a repetition within the key's life cannot act twice.
    """
    import httpx  # noqa: PLC0415 - only where Stripe is really used

    timeout = httpx.Timeout(answer_timeout, connect=_CONNECT_TIMEOUT, pool=_CONNECT_TIMEOUT)
    transport = stripe.HTTPXClient(timeout=timeout)
    return stripe.StripeClient(
        secret_key,
        stripe_version=API_VERSION,
        base_addresses={"api": api_base} if api_base else None,
        max_network_retries=retries,
        http_client=transport,
    )


async def close_stripe_client(client: stripe.StripeClient) -> None:
    """Close the client's connections."""
    transport = client._requestor._client  # noqa: SLF001 - the SDK keeps what it was given, and has no way to ask for it
    if transport is not None:
        await transport.close_async()  # type: ignore[no-untyped-call]
