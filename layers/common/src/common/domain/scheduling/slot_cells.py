"""Slot cells: the five-minute pieces of time whose uniqueness per resource makes double booking impossible."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import model_validator

from common.domain.shared.model import Model

CELL_MINUTES = 5
_CELL_SECONDS = CELL_MINUTES * 60
#: No claim is longer: the longest work (a day) with the longest buffers (a day each).
LONGEST_CLAIM = timedelta(days=3)
#: One booking takes the time of no more resources.
MOST_RESOURCES = 10


def cells_between(start: datetime, end: datetime) -> list[int]:
    """Numbers of the cells that the half-open interval touches: five-minute steps since the Unix epoch, UTC.

    Two intervals overlap in some cell exactly when they overlap in time, as long as starts, ends and buffers are
    whole multiples of five minutes; others are widened to whole cells, never narrowed.

    Raises:
        ValueError: ``end`` is not after ``start``.
    """
    if end <= start:
        raise ValueError("an interval must end after it starts")
    first = int(start.astimezone(UTC).timestamp()) // _CELL_SECONDS
    last = -(-math.ceil(end.astimezone(UTC).timestamp()) // _CELL_SECONDS)
    return list(range(first, last))


def claim_ids(claim_id: str, resource_ids: Sequence[str]) -> tuple[str, ...]:
    """Ids of the claims that take one interval of several resources: the first has the name of them all.

    Args:
        claim_id: the name.
        resource_ids: what is claimed, in the order in which the booking keeps it.
    """
    return (claim_id, *(f"{claim_id}.{resource_id}" for resource_id in resource_ids[1:]))


class SlotClaim(Model):
    """An interval of one resource's time that is taken, buffers included.

    One document with all its cells under the unique index (``resource_id``, ``cells``): one insert either takes
    all or nothing. ``resource_id`` is the provider's own id where the provider's time itself is taken, which is also
    what a claim without one means. ``provider_id`` says whose booking it is.
    ``purpose`` is ``booking``, ``reschedule``, ``intent``, ``offer``, ``block`` or ``manual``; ``expires_at`` is on
    holds, and on what is taken by hand, well after its end.
    ``work_start_at`` is when the work itself starts, which the limits per day and week count: a booking with a second
    interval on hold counts on both days, and once where they are the same. ``held_by`` is the digest of the network
    address that a guest's hold came from.
    """

    id: str
    provider_id: str
    resource_id: str = ""
    booking_id: str
    purpose: str = "booking"
    start_at: datetime
    end_at: datetime
    cells: list[int]
    work_start_at: datetime | None = None
    expires_at: datetime | None = None
    held_by: str | None = None

    def stands_at(self, now: datetime) -> bool:
        """Whether it has not expired by then."""
        return self.expires_at is None or self.expires_at > now

    def of_each(self, resource_ids: Sequence[str]) -> tuple["SlotClaim", ...]:
        """The same interval claimed of each of these resources; this one's id is the name of them all.

        Args:
            resource_ids: what is claimed, in the order in which the booking keeps it.
        """
        ids = zip(claim_ids(self.id, resource_ids), resource_ids, strict=True)
        return tuple(self.model_copy(update={"id": each, "resource_id": resource}) for each, resource in ids)

    @model_validator(mode="before")
    @classmethod
    def _own_time_by_default(cls, fields: Any) -> Any:
        if isinstance(fields, dict) and not fields.get("resource_id"):
            return {**fields, "resource_id": fields.get("provider_id")}
        return fields
