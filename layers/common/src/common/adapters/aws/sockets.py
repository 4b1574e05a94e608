"""The open sockets of API Gateway's WebSocket API.

They are written to by the id of their connection
(https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html).
"""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from common.adapters.warm_up import warm_up_client
from common.application.ports.messaging.realtime.connections import PostOutcome

if TYPE_CHECKING:
    from collections.abc import Callable

#: What one call may take; who is slower asks for what it missed.
MOST_SECONDS = 1.0
_CONNECT_SECONDS = 0.5
#: Sockets that are written to at once by one process, each from a thread.
_AT_ONCE = 20


class ApiGatewaySockets:
    """Implements ``Sockets``. boto3's client blocks, so it works in threads; nobody waits longer than a second for one.

    Args:
        endpoint: address of the connections, with the stage.
        warn: called with a sentence and fields where a frame did not get through.
    """

    def __init__(self, endpoint: str, warn: Callable[[str, dict[str, Any]], None]) -> None:
        self._endpoint = endpoint
        self._warn = warn
        self._limit = asyncio.Semaphore(_AT_ONCE)

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="sockets")

    @cached_property
    def client(self) -> Any:
        """The client; it connects with its first call."""
        config = Config(
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=MOST_SECONDS,
            retries={"total_max_attempts": 1},
            max_pool_connections=_AT_ONCE,
        )
        session = boto3.Session(region_name=os.environ.get("AWS_REGION"))
        return session.client("apigatewaymanagementapi", endpoint_url=self._endpoint, config=config)

    def warm_up(self) -> None:
        """Make the client ahead, with what it loads for its first call."""
        if self._endpoint:
            warm_up_client(self.client, "post_to_connection", ConnectionId="unknown", Data=b"")

    async def post(self, connection_id: str, payload: bytes) -> PostOutcome:
        """Send a frame; takes a second at most, and never raises."""
        return await self._call("post_to_connection", ConnectionId=connection_id, Data=payload)

    async def close(self, connection_id: str) -> None:
        """Close a socket, if it is open; takes a second at most, and never raises."""
        await self._call("delete_connection", ConnectionId=connection_id)

    async def _call(self, method: str, **parameters: Any) -> PostOutcome:
        call, context = getattr(self.client, method), copy_context()
        loop = asyncio.get_running_loop()
        async with self._limit:
            try:
                async with asyncio.timeout(MOST_SECONDS):
                    await loop.run_in_executor(self._threads, lambda: context.run(call, **parameters))
            except ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] == HTTPStatus.GONE:
                    return PostOutcome.GONE
                code = error.response.get("Error", {}).get("Code", "")
                self._warn("A socket did not take a frame", {"error": code, "method": method})
                return PostOutcome.FAILED
            except (BotoCoreError, TimeoutError) as error:
                self._warn("A socket did not take a frame", {"error": type(error).__name__, "method": method})
                return PostOutcome.FAILED
        return PostOutcome.SENT
