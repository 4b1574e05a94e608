"""When a provider works: weekly rules in one IANA zone, dated exceptions, holidays, buffers, notice and limits."""

from datetime import date, time

from pydantic import Field

from common.domain.shared.model import Model


class TimeRange(Model):
    """Local wall-clock times of one day, start inclusive, end exclusive; ``end`` 00:00 means the day's end."""

    start: time
    end: time


class WeeklyRule(Model):
    """Working hours of one weekday (0 = Monday, ISO 8601 less one); several ranges a day are allowed."""

    weekday: int = Field(ge=0, le=6)
    ranges: list[TimeRange]


class DateException(Model):
    """What differs on one date: ``closed``, ``extra`` hours besides the weekly ones, or ``different`` ones instead."""

    date: date
    kind: str = Field(pattern="^(closed|extra|different)$")
    ranges: list[TimeRange] = Field(default_factory=list)


class Holiday(Model):
    """Local dates, the last one included, on which nobody works, whatever else the rules say of them.

    ``reason`` is the provider's own note, shown to nobody else.
    """

    first_date: date
    last_date: date
    reason: str = ""


class Availability(Model):
    """Everything that shapes a provider's free time. Minutes are whole multiples of five where they shape slots."""

    timezone: str
    weekly: list[WeeklyRule] = Field(default_factory=list)
    exceptions: list[DateException] = Field(default_factory=list)
    holidays: list[Holiday] = Field(default_factory=list)
    slot_step_minutes: int = 30
    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0
    minimum_notice_minutes: int = 120
    booking_window_days: int = 60
    max_per_day: int | None = None
    max_per_week: int | None = None
