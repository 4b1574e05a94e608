"""boto3's client of Amazon SQS, in a thread and within the deadline."""

from __future__ import annotations

import asyncio
import os
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from common.application.shared.deadline import seconds_for_call
from common.domain.shared.errors import OutOfTime

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient  # types alone, which no function has installed

_CONNECT_SECONDS = 1
_READ_SECONDS = 2
#: One more try where the server failed or did not answer; a message that arrives twice does no harm.
_TRIES = 2
#: The longest wait before a second try in botocore's standard mode
#: (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html).
_BACKOFF_SECONDS = 1
#: What one call takes at the longest.
MOST_SECONDS = _TRIES * (_CONNECT_SECONDS + _READ_SECONDS) + _BACKOFF_SECONDS


class SqsError(Exception):
    """SQS refused the call or gave no answer; ``code`` is its own, or the name of what went wrong on the way."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SqsCaller:
    """Calls SQS without blocking the event loop; a call ends with the deadline at the latest.

    boto3's client blocks, so it works in a thread. Where the deadline comes first nobody waits for that thread any
    longer; what it still sends does no harm, because a message may arrive twice.
    """

    @cached_property
    def client(self) -> SQSClient:
        """The client; it connects with its first call.

        Raises:
            BotoCoreError: the environment names no region.
        """
        config = Config(
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
            retries={"total_max_attempts": _TRIES, "mode": "standard"},
        )
        # Lambda names the region so; boto3 by itself reads another variable.
        return boto3.Session(region_name=os.environ.get("AWS_REGION")).client("sqs", config=config)

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Make one call.

        Args:
            method: of boto3's client, such as ``send_message``.
            parameters: its arguments.

        Returns:
            The answer.

        Raises:
            SqsError: there was none, or a refusal, or no time to ask.
        """
        try:
            async with asyncio.timeout(seconds_for_call(MOST_SECONDS)):
                return await asyncio.to_thread(self._call, method, parameters)
        except ClientError as error:
            raise SqsError(error.response.get("Error", {}).get("Code", "")) from error
        except (BotoCoreError, OutOfTime, TimeoutError) as error:
            raise SqsError(type(error).__name__) from error

    def _call(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = getattr(self.client, method)(**parameters)
        return answer
