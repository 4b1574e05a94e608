"""The servers that benchmarks need: database, queue and secrets, local Stripe."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3

from infra.local import mongod, ports
from infra.local.ministack import server as ministack
from stripe_local.testing import running_stripe

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence
    from pathlib import Path

MAIL_FROM = "hello@example.com"
_CACHE_GB = 2.0


@dataclass(frozen=True)
class Servers:
    """Addresses of the running servers.

    Attributes:
        mongodb_uri: The database.
        stripe_url: The local Stripe.
        queue_url: A queue whose messages nobody reads.
        aws_url: The local AWS.
        mongod_pid: The database's process.
    """

    mongodb_uri: str
    stripe_url: str
    queue_url: str
    aws_url: str
    mongod_pid: int


@contextlib.contextmanager
def running_mongod(folder: Path, *, cache_gb: float, is_alone: bool = False) -> Iterator[str]:
    """Start a database alone; it ends with the context, which gives its address.

    Args:
        folder: For its files.
        cache_gb: What it may remember.
        is_alone: Without a replica set, as ``mongod.launch`` has it.
    """
    server = mongod.launch(folder, ports.free_port(), cache_gb=cache_gb, is_alone=is_alone)
    try:
        server.wait_ready()
        yield server.uri
    finally:
        server.stop()


@contextlib.asynccontextmanager
async def running_servers(folder: Path, webhooks: Sequence[tuple[str, str]] = ()) -> AsyncIterator[Servers]:
    """Start them all; they end with the context.

    Args:
        folder: For their files.
        webhooks: Where the local Stripe sends its events, with the secrets that it signs with.
    """
    async with contextlib.AsyncExitStack() as stack:
        database = mongod.launch(folder / "mongodb", ports.free_port(), cache_gb=_CACHE_GB)
        stack.callback(database.stop)
        cloud = ministack.launch(folder / "aws", ports.free_port(), "http://127.0.0.1:9")
        stack.callback(cloud.stop)
        stripe = await stack.enter_async_context(running_stripe(webhooks=webhooks))
        database.wait_ready()
        cloud.wait_ready()
        mails = boto3.client("sesv2", **ministack.client_settings(cloud.url))
        mails.create_email_identity(EmailIdentity=MAIL_FROM)
        queue = boto3.client("sqs", **ministack.client_settings(cloud.url)).create_queue(QueueName="bench")
        yield Servers(database.uri, stripe.url, queue["QueueUrl"], cloud.url, database.process.pid)
