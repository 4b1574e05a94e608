"""A provider's limits per local day and week, as intervals of UTC in which bookings are counted."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from common.domain.scheduling.availability import Availability
from common.domain.shared.model import Model


class SlotLimit(Model):
    """At most so many bookings may start in a half-open interval; ``reason`` names the rule, as slot verdicts do."""

    starts_at: datetime
    ends_at: datetime
    most: int
    reason: str


class HoldLimit(Model):
    """At most so many slots of one provider that one network address keeps without having paid or confirmed.

    ``held_by`` is the digest of the network address (of its /64 for IPv6). ``ends_at`` is when the hold that is taken
    now ends, unless it is paid or confirmed before.
    """

    provider_id: str
    held_by: str
    most: int
    ends_at: datetime


def limits_at(availability: Availability, start_at: datetime) -> list[SlotLimit]:
    """The limits that a booking with this start counts for: its local day's, and its local week's (Monday first).

    Args:
        availability: the provider's rules.
        start_at: when the work starts, an aware instant.
    """
    zone = ZoneInfo(availability.timezone)
    day = start_at.astimezone(zone).date()
    monday = day - timedelta(days=day.weekday())
    spans = (
        (availability.max_per_day, day, 1, "day_full"),
        (availability.max_per_week, monday, 7, "week_full"),
    )
    return [
        SlotLimit(
            starts_at=_begin(first, zone), ends_at=_begin(first + timedelta(days=days), zone), most=most, reason=reason
        )
        for most, first, days, reason in spans
        if most is not None
    ]


def _begin(day: date, zone: ZoneInfo) -> datetime:
    """The instant a local date begins; where its midnight is skipped, that of the clock change."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
