"""boto3's client of Amazon SQS, in a thread and within the deadline."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from common.adapters.aws.call_times import CallTimes
from common.application.shared.deadline import seconds_for_call
from common.application.shared.spans import span, trace_header
from common.domain.shared.errors import OutOfTime

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient  # types alone, which no function has installed

#: The system attribute that carries a trace through a queue to whoever reads the message; it counts for no quota
#: (https://docs.aws.amazon.com/xray/latest/devguide/xray-services-sqs.html).
_TRACE_ATTRIBUTE = "AWSTraceHeader"

#: Trying again may send a message twice, which does no harm.
_TIMES = CallTimes(connect=1, read=2)
MOST_SECONDS = _TIMES.most_seconds


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
        # Lambda names the region so; boto3 by itself reads another variable.
        return boto3.Session(region_name=os.environ.get("AWS_REGION")).client("sqs", config=_TIMES.config())

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
                with span("SQS", operation=method):
                    return await asyncio.to_thread(self._call, method, parameters)
        except ClientError as error:
            raise SqsError(error.response.get("Error", {}).get("Code", "")) from error
        except (BotoCoreError, OutOfTime, TimeoutError) as error:
            raise SqsError(type(error).__name__) from error

    def _call(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = getattr(self.client, method)(**parameters)
        return answer


def traced_message() -> dict[str, Any]:
    """What a message is sent with beside its body, so that working on it belongs to the trace at hand."""
    if not (header := trace_header()):
        return {}
    return {"MessageSystemAttributes": {_TRACE_ATTRIBUTE: {"DataType": "String", "StringValue": header}}}


def trace_of(record: Mapping[str, Any]) -> str:
    """The trace header that a message came with; empty where it came with none.

    Args:
        record: of the event that SQS invokes a function with.
    """
    return str(record.get("attributes", {}).get(_TRACE_ATTRIBUTE, ""))
