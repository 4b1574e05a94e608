"""What a block of traffic used, and what that costs."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from infra.bench.crowd import prices

if TYPE_CHECKING:
    from collections.abc import Sequence

_MB_PER_GB = 1024
_MS_PER_SECOND = 1000


@dataclass(frozen=True)
class Used:
    """What the environments of one function used.

    Attributes:
        memory_mb: Memory that the template gives the function.
        invocations: How many.
        billed_ms: What Lambda would bill: each invocation's time, rounded up to a whole millisecond.
        cpu_ms: Of their processes.
    """

    memory_mb: int
    invocations: int = 0
    billed_ms: int = 0
    cpu_ms: float = 0.0

    @property
    def gb_seconds(self) -> float:
        """Memory for the time that is billed."""
        return self.memory_mb / _MB_PER_GB * self.billed_ms / _MS_PER_SECOND

    def __add__(self, other: Used) -> Used:
        """Both together."""
        invocations, billed_ms = self.invocations + other.invocations, self.billed_ms + other.billed_ms
        return Used(self.memory_mb, invocations, billed_ms, self.cpu_ms + other.cpu_ms)

    def __sub__(self, earlier: Used) -> Used:
        """What was used since."""
        invocations, billed_ms = self.invocations - earlier.invocations, self.billed_ms - earlier.billed_ms
        return Used(self.memory_mb, invocations, billed_ms, self.cpu_ms - earlier.cpu_ms)


@dataclass(frozen=True)
class Block:
    """Some bookings from search to capture, by one side.

    Attributes:
        bookings: How many came to their end.
        requests: To the API, Stripe's webhooks among them.
        seconds: From the first request until the last message was worked on.
        used: By function.
        mongod_ms: Processor time of the database.
        messages: That queues delivered.
        batches: In which they were delivered.
        put_back: Messages that workers gave back.
        errors: What went wrong.
    """

    bookings: int
    requests: int
    seconds: float
    used: dict[str, Used]
    mongod_ms: float
    messages: int
    batches: int
    put_back: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def functions_ms(self) -> float:
        """Processor time of all functions."""
        return sum(each.cpu_ms for each in self.used.values())

    @property
    def gb_seconds(self) -> float:
        """Of all functions."""
        return sum(each.gb_seconds for each in self.used.values())


@dataclass(frozen=True)
class Bill:
    """Dollars.

    Attributes:
        duration: Lambda's gigabyte-seconds.
        invocations: Lambda's requests.
        queues: SQS's requests.
        api: API Gateway's requests.
    """

    duration: float
    invocations: float
    queues: float
    api: float

    @property
    def total(self) -> float:
        """All together."""
        return self.duration + self.invocations + self.queues + self.api


def billed_ms(seconds: float) -> int:
    """What Lambda bills for an invocation, in milliseconds (https://aws.amazon.com/lambda/pricing/).

    Args:
        seconds: What it took.
    """
    return math.ceil(seconds * _MS_PER_SECOND)


def together(blocks: Sequence[Block]) -> Block:
    """Several blocks as one.

    Args:
        blocks: At least one, of the same functions.
    """
    used = {name: sum((each.used[name] for each in blocks[1:]), mine) for name, mine in blocks[0].used.items()}
    return Block(
        bookings=sum(each.bookings for each in blocks),
        requests=sum(each.requests for each in blocks),
        seconds=sum(each.seconds for each in blocks),
        used=used,
        mongod_ms=sum(each.mongod_ms for each in blocks),
        messages=sum(each.messages for each in blocks),
        batches=sum(each.batches for each in blocks),
        put_back=sum(each.put_back for each in blocks),
        errors=[error for each in blocks for error in each.errors],
    )


def bill(block: Block, bookings: int, architecture: str) -> Bill:
    """What so many bookings cost.

    A message counts as sent alone; it is received and deleted with its batch. Empty receives are left out: there are as
    many without a booking.

    Args:
        block: What was measured.
        bookings: How many.
        architecture: Of the functions.
    """
    share = bookings / block.bookings
    invocations = sum(each.invocations for each in block.used.values())
    return Bill(
        duration=block.gb_seconds * prices.LAMBDA_GB_SECOND[architecture] * share,
        invocations=invocations * prices.LAMBDA_REQUEST * share,
        queues=(block.messages + 2 * block.batches) * prices.SQS_REQUEST * share,
        api=block.requests * prices.API_REQUEST * share,
    )
