"""Loads ahead what httpx loads with its first call; apart from what boto3 needs, which every function has."""

from contextlib import suppress

import httpx

#: RFC 863: nobody listens there, so that the call ends at once and reaches nobody.
_NOWHERE = "http://127.0.0.1:9"
_SECONDS = 1.0


async def warm_up_http() -> None:
    """Load the transport of httpx, by which identity providers, geocoders and Stripe are called; keeps nothing open."""
    async with httpx.AsyncClient(timeout=_SECONDS, trust_env=False) as client:
        with suppress(httpx.HTTPError):
            await client.get(_NOWHERE)
