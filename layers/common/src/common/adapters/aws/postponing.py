"""Asking a message to come again later than its queue would have it."""

import random
from collections.abc import Mapping
from typing import Any

from common.adapters.aws.sqs_client import SqsCaller, SqsError

#: The longest that SQS hides a message
#: (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html).
_MOST_SECONDS = 12 * 3600 - 60


async def postpone(sqs: SqsCaller, queue_url: str, record: Mapping[str, Any], seconds: int) -> bool:
    """Hide a message that is put back, longer with each delivery, and each message for another time.

    Without it the message comes again after the queue's own time with all the others that were throttled with it, and
    five such deliveries later it is among the dead letters. If it cannot be hidden, that is what happens.

    Args:
        sqs: calls SQS.
        queue_url: the message's queue.
        record: the message, as SQS invokes a function with it.
        seconds: for how long to hide it after its first delivery.

    Returns:
        Whether it was hidden.
    """
    delivery = int(record.get("attributes", {}).get("ApproximateReceiveCount", 1))
    longest = min(seconds * 2 ** (delivery - 1), _MOST_SECONDS)
    hidden = random.randint(longest // 2, longest)  # noqa: S311 - spreads messages; nothing to guess
    try:
        await sqs.call(
            "change_message_visibility",
            QueueUrl=queue_url,
            ReceiptHandle=record["receiptHandle"],
            VisibilityTimeout=hidden,
        )
    except (SqsError, KeyError):
        return False
    return True
