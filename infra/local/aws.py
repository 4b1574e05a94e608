"""What the local cloud asks of MiniStack for people: queue depths, running a function, moving dead letters back."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

import boto3

from infra.local.ministack import server as ministack

if TYPE_CHECKING:
    from infra.local.info import CloudInfo

QUEUES = ("Notifications", "PaymentChecks", "StripeEvents", "Realtime", "Media", "Matching", "Reports")
COUNTS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
BATCH = 10


def queue_depths(info: CloudInfo) -> list[dict[str, Any]]:
    """Count the messages of every queue.

    Args:
        info: The running cloud.

    Returns:
        For each queue its name, waiting, in flight and dead messages.
    """
    client = boto3.client("sqs", **ministack.client_settings(info.aws_url))
    rows = []
    for name in QUEUES:
        waiting, flying = _counts(client, info.outputs[f"{name}QueueUrl"])
        dead, dead_flying = _counts(client, info.outputs[f"{name}DeadLettersUrl"])
        rows.append({"queue": name, "waiting": waiting, "in_flight": flying, "dead": dead + dead_flying})
    return rows


def bucket_sizes(info: CloudInfo) -> list[dict[str, Any]]:
    """Count what lies in every bucket.

    Args:
        info: The running cloud.

    Returns:
        For each bucket its name, how many objects it holds and their bytes.
    """
    client = boto3.client("s3", **ministack.client_settings(info.aws_url))
    rows = []
    for bucket in client.list_buckets()["Buckets"]:
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket["Name"])
        sizes = [entry["Size"] for page in pages for entry in page.get("Contents", ())]
        rows.append({"bucket": bucket["Name"], "objects": len(sizes), "bytes": sum(sizes)})
    return rows


def verify_sender(aws_url: str, domain: str) -> None:
    """Make a domain's mails be taken: SES refuses senders that were never verified.

    Args:
        aws_url: MiniStack's address.
        domain: The domain after the ``@``.
    """
    client = boto3.client("sesv2", **ministack.client_settings(aws_url))
    with contextlib.suppress(client.exceptions.AlreadyExistsException):
        client.create_email_identity(EmailIdentity=domain)


def run_function(info: CloudInfo, name: str) -> Any:
    """Run a function now, as its schedule would.

    Args:
        info: The running cloud.
        name: Logical id.

    Returns:
        Its answer.

    Raises:
        RuntimeError: When it failed.
    """
    client = boto3.client("lambda", **ministack.client_settings(info.aws_url))
    answer = client.invoke(FunctionName=info.functions[name], Payload=b"{}")
    result = json.loads(answer["Payload"].read() or b"null")
    if answer.get("FunctionError"):
        raise RuntimeError(f"{name} failed: {result}")
    return result


def run_schedules(info: CloudInfo) -> None:
    """Run every scheduled function once, as after a jump of the clock.

    Args:
        info: The running cloud.

    Raises:
        RuntimeError: When some failed, after all have run; the message names them.
    """
    failures = []
    for name in info.schedules:
        try:
            run_function(info, name)
        except RuntimeError as error:
            failures.append(str(error))
    if failures:
        raise RuntimeError("\n".join(failures))


def redrive(info: CloudInfo) -> dict[str, int]:
    """Move all dead letters back to the queues they came from.

    MiniStack lacks ``StartMessageMoveTask``, so each message is sent again and then deleted.

    Args:
        info: The running cloud.

    Returns:
        How many went back, by queue.
    """
    client = boto3.client("sqs", **ministack.client_settings(info.aws_url))
    moved = {}
    for name in QUEUES:
        source, target = info.outputs[f"{name}DeadLettersUrl"], info.outputs[f"{name}QueueUrl"]
        moved[name] = 0
        while messages := client.receive_message(
            QueueUrl=source, MaxNumberOfMessages=BATCH, MessageAttributeNames=["All"]
        ).get("Messages", []):
            for message in messages:
                client.send_message(
                    QueueUrl=target,
                    MessageBody=message["Body"],
                    MessageAttributes=message.get("MessageAttributes", {}),
                )
                client.delete_message(QueueUrl=source, ReceiptHandle=message["ReceiptHandle"])
                moved[name] += 1
    return moved


def _counts(client: Any, url: str) -> tuple[int, int]:
    """Return waiting and in-flight messages of a queue."""
    found = client.get_queue_attributes(QueueUrl=url, AttributeNames=list(COUNTS))["Attributes"]
    return int(found[COUNTS[0]]), int(found[COUNTS[1]])
