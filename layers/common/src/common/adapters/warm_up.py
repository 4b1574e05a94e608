"""Loads ahead what libraries load with their first call."""

from contextlib import suppress
from typing import Any

import httpx
from botocore.exceptions import BotoCoreError

#: RFC 863: nobody listens there, so that the call ends at once and reaches nobody.
_NOWHERE = "http://127.0.0.1:9"
_SECONDS = 1.0


async def warm_up_http() -> None:
    """Load the transport of httpx, by which identity providers, geocoders and Stripe are called; keeps nothing open."""
    async with httpx.AsyncClient(timeout=_SECONDS, trust_env=False) as client:
        with suppress(httpx.HTTPError):
            await client.get(_NOWHERE)


def warm_up_client(client: Any, method: str, **parameters: Any) -> None:
    """Load what a client of boto3 loads with its first call: where its endpoint is, how it writes and signs requests.

    An address is signed for it, which asks nobody; nothing is kept, and where there is nothing to sign with, nothing
    is loaded.

    Args:
        client: a client of any service of AWS.
        method: one of its operations.
        parameters: anything that the operation takes.
    """
    with suppress(BotoCoreError):
        client.generate_presigned_url(method, Params=parameters)
