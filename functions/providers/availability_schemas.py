"""Requests and responses of availability and slots."""

from collections.abc import Sequence
from datetime import date, time
from typing import Annotated, Literal

from common.application.scheduling.holidays import MOST_AFFECTED
from common.domain.bookings.booking import Booking
from common.domain.scheduling.availability import Availability, DateException, Holiday, TimeRange, WeeklyRule
from common.domain.scheduling.availability_rules import MAX_EXCEPTIONS, MAX_HOLIDAYS, MAX_RANGES_PER_DAY, MAX_REASON
from common.domain.shared.texts import TITLE
from common.domain.shared.time_zones import TimeZoneName
from common.runtime.http.schemas import Instant, RequestModel, ResponseModel, Version
from pydantic import ConfigDict, Field, PlainSerializer, StringConstraints, WithJsonSchema

WallTime = Annotated[
    time,
    PlainSerializer(lambda value: value.strftime("%H:%M"), return_type=str, when_used="json"),
    # Not ``format: time``, which has seconds and an offset (RFC 3339 section 5.6).
    WithJsonSchema({"type": "string", "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9](:00)?$", "examples": ["09:00"]}),
]
Minutes = Annotated[int, Field(ge=0, le=86_400, strict=True)]


class TimeRangeSchema(RequestModel):
    """Wall-clock hours; ``end`` ``00:00`` is the end of the day."""

    model_config = ConfigDict(from_attributes=True)

    start: WallTime
    end: WallTime


Ranges = Annotated[list[TimeRangeSchema], Field(max_length=MAX_RANGES_PER_DAY)]


class WeeklyRuleSchema(RequestModel):
    """Hours of one weekday; 0 is Monday."""

    model_config = ConfigDict(from_attributes=True)

    weekday: Annotated[int, Field(ge=0, le=6, strict=True)]
    ranges: Ranges


class DateExceptionSchema(RequestModel):
    """What differs on one date: closed, extra hours, or different hours instead."""

    model_config = ConfigDict(from_attributes=True)

    date: date
    kind: Literal["closed", "extra", "different"]
    ranges: Ranges = Field(default_factory=list)


PrivateReason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=MAX_REASON),
    Field(description="The provider's own note; nobody else sees it"),
    TITLE,
]


class HolidaySchema(RequestModel):
    """Local dates, the last one included, on which the provider does not work, whatever the other rules say."""

    model_config = ConfigDict(from_attributes=True)

    first_date: date
    last_date: date
    reason: PrivateReason = ""


class AvailabilityFields(RequestModel):
    """Rules in one IANA zone."""

    timezone: TimeZoneName
    weekly: Annotated[list[WeeklyRuleSchema], Field(max_length=7)] = Field(default_factory=list)
    exceptions: Annotated[list[DateExceptionSchema], Field(max_length=MAX_EXCEPTIONS)] = Field(default_factory=list)
    holidays: Annotated[list[HolidaySchema], Field(max_length=MAX_HOLIDAYS)] = Field(default_factory=list)
    slot_step_minutes: Minutes = 30
    buffer_before_minutes: Minutes = 0
    buffer_after_minutes: Minutes = 0
    minimum_notice_minutes: Minutes = 120
    booking_window_days: Annotated[int, Field(ge=1, le=365, strict=True)] = 60
    max_per_day: Annotated[int, Field(ge=1, le=1000, strict=True)] | None = None
    max_per_week: Annotated[int, Field(ge=1, le=1000, strict=True)] | None = None


class AvailabilityRequest(AvailabilityFields):
    """The whole availability; ``version`` is the profile's that was read, to be refused if it is stale."""

    version: Version | None = None

    def to_domain(self) -> Availability:
        """The domain's value."""
        return Availability(
            **self.model_dump(exclude={"version", "weekly", "exceptions", "holidays"}),
            weekly=[WeeklyRule(weekday=rule.weekday, ranges=_ranges(rule.ranges)) for rule in self.weekly],
            exceptions=[
                DateException(date=item.date, kind=item.kind, ranges=_ranges(item.ranges)) for item in self.exceptions
            ],
            holidays=[Holiday(**item.model_dump()) for item in self.holidays],
        )


class AffectedBookingView(ResponseModel):
    """A booking that lies in a holiday: move or cancel it, or come all the same."""

    id: str
    status: str
    title: str
    start_at: Instant
    end_at: Instant

    @classmethod
    def of(cls, booking: Booking) -> "AffectedBookingView":
        """The view of a booking."""
        slot = booking.slot
        return cls(
            id=booking.id,
            status=booking.status.value,
            title=booking.service.title,
            start_at=slot.start_at,
            end_at=slot.end_at,
        )


class AvailabilityView(AvailabilityFields):
    """The availability as it is stored, with the version of the profile it belongs to; all of it may be sent back."""

    model_config = ConfigDict(extra="ignore")

    version: int

    @classmethod
    def of(cls, availability: Availability, version: int) -> "AvailabilityView":
        """The view of an availability."""
        return cls(**availability.model_dump(), version=version)


class SavedAvailabilityView(AvailabilityView):
    """The availability as it was just stored, and what it affects."""

    affected_bookings: Annotated[
        list[AffectedBookingView],
        Field(description=f"Bookings to come that lie in a holiday and stand; the soonest {MOST_AFFECTED}"),
    ]

    @classmethod
    def naming(cls, availability: Availability, version: int, affected: Sequence[Booking]) -> "SavedAvailabilityView":
        """The view of an availability with the bookings that it affects."""
        bookings = [AffectedBookingView.of(booking) for booking in affected]
        return cls(**availability.model_dump(), version=version, affected_bookings=bookings)


class SlotView(ResponseModel):
    """A start that can be booked now; the local times are wall-clock times with their offset, in ``timezone``."""

    start_at: Instant
    end_at: Instant
    local_start: str
    local_end: str


class SlotList(ResponseModel):
    """Bookable slots in order. ``is_bookable`` is false for services by quote, which have none."""

    items: list[SlotView]
    next_cursor: str | None = None
    timezone: str
    provider_timezone: str
    duration_minutes: int
    is_bookable: bool


def _ranges(ranges: list[TimeRangeSchema]) -> list[TimeRange]:
    return [TimeRange(start=item.start, end=item.end) for item in ranges]
