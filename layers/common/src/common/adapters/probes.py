"""Signs of life of what the product depends on."""

from __future__ import annotations

import asyncio
from functools import cached_property
from typing import TYPE_CHECKING

import boto3
import httpx
from botocore.config import Config

from common.adapters.mongo.shared.database import Mongo

if TYPE_CHECKING:  # types alone, which no function has installed
    from mypy_boto3_sqs import SQSClient

_STRIPE_API = "https://api.stripe.com"
_SECONDS = 1.5


class Probes:
    """One method for each dependency; it returns if there was an answer and raises otherwise.

    Args:
        mongo: the database.
        queue_url: one of the queues; all of them are the same service.
        stripe_api_base: another address of Stripe's API, if any.
    """

    def __init__(self, mongo: Mongo, queue_url: str, stripe_api_base: str | None = None) -> None:
        self._mongo = mongo
        self._queue_url = queue_url
        self._stripe_api_base = stripe_api_base

    async def database(self) -> None:
        """Ping the primary."""
        await self._mongo.ping()

    @cached_property
    def _sqs(self) -> SQSClient:

        config = Config(connect_timeout=_SECONDS, read_timeout=_SECONDS, retries={"total_max_attempts": 1})
        return boto3.client("sqs", config=config)

    async def queue(self) -> None:
        """Ask the queue for one attribute."""
        await asyncio.to_thread(self._ask_queue)

    async def stripe(self) -> None:
        """Ask Stripe's API anything without a key: any answer, a refusal too, is a sign of life."""
        async with httpx.AsyncClient(timeout=_SECONDS) as client:
            await client.get(f"{self._stripe_api_base or _STRIPE_API}/v1/balance")

    def _ask_queue(self) -> None:
        self._sqs.get_queue_attributes(QueueUrl=self._queue_url, AttributeNames=["QueueArn"])
