"""Loads ahead what boto3's clients load with their first call."""

from contextlib import suppress
from typing import Any

from botocore.exceptions import BotoCoreError


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
