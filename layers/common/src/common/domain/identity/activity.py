"""What an account has done and what was done to it, over all systems, as staff read it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import Field

from common.domain.shared.model import Model


class System(StrEnum):
    """Where something happened."""

    SECURITY = "security"
    STAFF = "staff"
    BOOKINGS = "bookings"
    JOB_REQUESTS = "job_requests"
    OFFERS = "offers"
    RATINGS = "ratings"
    REPORTS = "reports"
    COMMENTS = "comments"
    PHOTOS = "photos"
    MODERATION = "moderation"


#: What of an entry's details only those see who may see money.
MONEY = frozenset({"price", "captured", "refunded", "payment", "payout"})


class ActivityEntry(Model):
    """One thing of an account's activity, the newest state of it; messages are counted and not shown.

    ``id`` is the thing's. Of the log it has what a row has; ``details`` of other systems are facts, no words that
    somebody wrote to somebody else.
    """

    id: str
    system: System
    type: str
    user_id: str | None
    actor_id: str | None = None
    session_id: str | None = None
    ip: str = ""
    user_agent: str = ""
    details: dict[str, Any] = Field(default_factory=dict)
    at: datetime

    @property
    def order(self) -> tuple[str, str]:
        """By what entries of all systems are in the order of time: ids have their instant behind the prefix."""
        return place_of(self.id)


def place_of(entry_id: str) -> tuple[str, str]:
    """The part of an id that is in the order of time, and the prefix, which tells things of the same number apart."""
    prefix, _, rest = entry_id.partition("_")
    return rest, prefix


def without_money(entry: ActivityEntry) -> ActivityEntry:
    """An entry for staff who may see no amounts."""
    kept = {name: value for name, value in entry.details.items() if name not in MONEY}
    return entry.model_copy(update={"details": kept})
