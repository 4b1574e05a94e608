"""Bookable slots: one rule set that both shows free starts and judges a requested one.

All arithmetic is on UTC instants in whole seconds. A provider's wall clock is read through the pieces of time over
which the zone's UTC offset is constant, so that a repeated local hour opens twice, a missing one never, and a slot's
length is its length in UTC. A start must lie on the provider's grid: whole steps, on the wall clock, from the start
of a working range. What is occupied is compared in the five-minute cells of ``slot_cells``, as the database does.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from common.domain.scheduling.availability import Availability, DateException, TimeRange
from common.domain.scheduling.slot_cells import CELL_MINUTES

_MINUTE = 60
_DAY = 86_400
_CELL = CELL_MINUTES * _MINUTE
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
#: 1970-01-01 was a Thursday, three days after a Monday.
_EPOCH_WEEKDAY = 3


class SlotStatus(StrEnum):
    """Whether a start can be booked, or the first rule it breaks."""

    BOOKABLE = "bookable"
    OUTSIDE_HOURS = "outside_hours"
    OFF_GRID = "off_grid"
    TOO_SOON = "too_soon"
    TOO_FAR = "too_far"
    OCCUPIED = "occupied"
    DAY_FULL = "day_full"
    WEEK_FULL = "week_full"


class FreeSlot(NamedTuple):
    """A start that can be booked now, and its end; UTC."""

    start_at: datetime
    end_at: datetime


class Busy(NamedTuple):
    """An occupied interval, buffers included, and the start of the work in it, which the limits count.

    Intervals of one booking, such as its own and the one that a proposal holds, count once where they are the same day.
    With ``in_the_way`` false it only counts: it takes nothing that is asked for.
    """

    start_at: datetime
    end_at: datetime
    work_start_at: datetime | None = None
    booking_id: str | None = None
    in_the_way: bool = True


@dataclass(frozen=True)
class _Piece:
    """A stretch of UTC seconds over which the zone's offset is constant."""

    start: int
    end: int
    offset: int


def bookable_slots(
    availability: Availability,
    duration_minutes: int,
    busy: Iterable[Busy],
    now: datetime,
    starts_from: datetime,
    starts_before: datetime,
    *,
    limit: int | None = None,
) -> list[FreeSlot]:
    """Every start in the half-open interval that ``slot_status`` would find bookable, in order.

    Args:
        availability: the provider's rules.
        duration_minutes: length of the work.
        busy: occupied intervals; must include every one that touches the interval and, where limits are set, every
            one in the local weeks that it touches (see ``calendar_bounds``).
        now: the present instant.
        starts_from: earliest start, inclusive.
        starts_before: latest start, exclusive.
        limit: stop after so many.
    """
    rules = _Rules(availability, duration_minutes, busy, now, starts_from, starts_before)
    length = timedelta(minutes=duration_minutes)
    slots: list[FreeSlot] = []
    for start in rules.starts:
        if rules.verdict(start) is SlotStatus.BOOKABLE:
            start_at = datetime.fromtimestamp(start, UTC)
            slots.append(FreeSlot(start_at, start_at + length))
            if limit is not None and len(slots) >= limit:
                break
    return slots


def slot_status(
    availability: Availability, duration_minutes: int, busy: Iterable[Busy], now: datetime, start_at: datetime
) -> SlotStatus:
    """Judge one start by the same rules as ``bookable_slots``.

    Args:
        availability: the provider's rules.
        duration_minutes: length of the work.
        busy: as for ``bookable_slots``, for the interval of this one start.
        now: the present instant.
        start_at: the requested start, an aware instant.
    """
    if start_at.microsecond:
        return SlotStatus.OFF_GRID
    rules = _Rules(availability, duration_minutes, busy, now, start_at, start_at + timedelta(seconds=1))
    return rules.verdict(_seconds(start_at))


def calendar_bounds(
    availability: Availability, duration_minutes: int, starts_from: datetime, starts_before: datetime
) -> tuple[datetime, datetime]:
    """The interval whose busy times have to be read to judge starts in the given one.

    Buffers and duration widen it; with limits it reaches to the ends of the local weeks (padded by a day, which
    covers every UTC offset).
    """
    first = starts_from - timedelta(minutes=availability.buffer_before_minutes + CELL_MINUTES)
    last = starts_before + timedelta(minutes=duration_minutes + availability.buffer_after_minutes + CELL_MINUTES)
    if availability.max_per_day is not None or availability.max_per_week is not None:
        first = min(first, starts_from - timedelta(days=8))
        last = max(last, starts_before + timedelta(days=8))
    return first, last


class DayLoad(NamedTuple):
    """Minutes of a local day in which somebody works, and how many of them are taken."""

    open_minutes: int
    taken_minutes: int


def day_load(availability: Availability, busy: Iterable[Busy], instant: datetime) -> DayLoad:
    """How full the provider's local day is.

    Args:
        availability: the provider's rules.
        busy: occupied intervals, at least those of the day; what is not in the way does not count.
        instant: any of the day, aware.
    """
    zone = ZoneInfo(availability.timezone)
    day = instant.astimezone(zone).date()
    first, last = (_seconds(datetime.combine(each, time(), zone)) for each in (day, day + timedelta(days=1)))
    hours = _Hours(availability)
    opens = _merged(each for piece in _constant_offsets(zone, first, last) for each in hours.intervals(piece))
    taken = _merged(_cell_bounds(item) for item in busy if item.in_the_way)
    worked = list(zip(*opens, strict=True))
    open_seconds = sum(end - start for start, end in worked)
    taken_seconds = sum(
        max(0, min(end, until) - max(start, since))
        for since, until in zip(*taken, strict=True)
        for start, end in worked
    )
    return DayLoad(open_seconds // _MINUTE, taken_seconds // _MINUTE)


class _Rules:
    """The rules of one provider and service over one interval, prepared for quick verdicts."""

    def __init__(
        self,
        availability: Availability,
        duration_minutes: int,
        busy: Iterable[Busy],
        now: datetime,
        starts_from: datetime,
        starts_before: datetime,
    ) -> None:
        self._length = duration_minutes * _MINUTE
        self._before = availability.buffer_before_minutes * _MINUTE
        self._after = availability.buffer_after_minutes * _MINUTE
        self._availability = availability
        self._zone = ZoneInfo(availability.timezone)
        first, last = _seconds_up(starts_from), _seconds_up(starts_before)
        self._pieces = _constant_offsets(self._zone, first - _DAY, last + self._length + _DAY)
        hours = _Hours(availability)
        self._open_starts, self._open_ends = _merged(
            interval for piece in self._pieces for interval in hours.intervals(piece)
        )
        self._now_day = self._local_day_of(now)
        notice = availability.minimum_notice_minutes * _MINUTE
        self._earliest = max(_seconds_up(now) + notice, _seconds(now) + 1)
        occupied = list(busy)
        self._busy_starts, self._busy_ends = _merged(_cell_bounds(item) for item in occupied if item.in_the_way)
        self._count_limits(occupied)
        self.starts = sorted(
            {start for piece in self._pieces for start in hours.starts(piece, first, last) if first <= start < last}
        )
        self._grid = frozenset(self.starts)

    def verdict(self, start: int) -> SlotStatus:  # noqa: PLR0911 - one return for each rule reads best
        """The first rule that a start (UTC seconds) breaks."""
        if not self._is_open(start):
            return SlotStatus.OUTSIDE_HOURS
        if start not in self._grid:
            return SlotStatus.OFF_GRID
        if start < self._earliest:
            return SlotStatus.TOO_SOON
        day = self._local_day(start)
        if day > self._now_day + self._availability.booking_window_days:
            return SlotStatus.TOO_FAR
        if self._is_occupied(start):
            return SlotStatus.OCCUPIED
        limit = self._availability.max_per_day
        if limit is not None and self._per_day[day] >= limit:
            return SlotStatus.DAY_FULL
        limit = self._availability.max_per_week
        if limit is not None and self._per_week[_week(day)] >= limit:
            return SlotStatus.WEEK_FULL
        return SlotStatus.BOOKABLE

    def _is_open(self, start: int) -> bool:
        at = bisect_right(self._open_starts, start) - 1
        return at >= 0 and start + self._length <= self._open_ends[at]

    def _is_occupied(self, start: int) -> bool:
        first = (start - self._before) // _CELL * _CELL
        last = -(-(start + self._length + self._after) // _CELL) * _CELL
        at = bisect_left(self._busy_starts, last) - 1
        return at >= 0 and self._busy_ends[at] > first

    def _count_limits(self, occupied: Sequence[Busy]) -> None:
        self._per_day: Counter[int] = Counter()
        self._per_week: Counter[int] = Counter()
        if self._availability.max_per_day is None and self._availability.max_per_week is None:
            return
        working = [
            (item.booking_id or number, self._local_day_of(item.work_start_at))
            for number, item in enumerate(occupied)
            if item.work_start_at is not None
        ]
        self._per_day.update(day for _, day in set(working))
        self._per_week.update(week for _, week in {(booking, _week(day)) for booking, day in working})

    def _local_day_of(self, instant: datetime) -> int:
        return instant.astimezone(self._zone).toordinal() - _EPOCH_ORDINAL

    def _local_day(self, start: int) -> int:
        for piece in self._pieces:
            if piece.start <= start < piece.end:
                return (start + piece.offset) // _DAY
        raise ValueError("the start lies outside the prepared interval")


class _Hours:
    """Working ranges by local day, as seconds from local midnight."""

    def __init__(self, availability: Availability) -> None:
        self._step = availability.slot_step_minutes * _MINUTE
        self._weekly: dict[int, list[tuple[int, int]]] = {weekday: [] for weekday in range(7)}
        for rule in availability.weekly:
            self._weekly[rule.weekday].extend(_range_seconds(item) for item in rule.ranges)
        self._exceptions: dict[int, list[DateException]] = {}
        for exception in availability.exceptions:
            self._exceptions.setdefault(exception.date.toordinal() - _EPOCH_ORDINAL, []).append(exception)
        self._holidays = [
            (each.first_date.toordinal() - _EPOCH_ORDINAL, each.last_date.toordinal() - _EPOCH_ORDINAL)
            for each in availability.holidays
        ]

    def of_day(self, day: int) -> list[tuple[int, int]]:
        """Working ranges of one local day.

        A holiday beats ``closed``, which beats ``different``, which beats the weekly rule with extras.
        """
        if any(first <= day <= last for first, last in self._holidays):
            return []
        weekly = self._weekly[(day + _EPOCH_WEEKDAY) % 7]
        exceptions = self._exceptions.get(day)
        if not exceptions:
            return weekly
        if any(item.kind == "closed" for item in exceptions):
            return []
        instead = [_range_seconds(r) for item in exceptions if item.kind == "different" for r in item.ranges]
        extra = [_range_seconds(r) for item in exceptions if item.kind == "extra" for r in item.ranges]
        replaced = any(item.kind == "different" for item in exceptions)
        return (instead if replaced else weekly) + extra

    def intervals(self, piece: _Piece) -> Iterator[tuple[int, int]]:
        """Working intervals inside a piece, in UTC seconds."""
        for midnight, opens, closes in self._days(piece):
            start, end = max(midnight + opens, piece.start), min(midnight + closes, piece.end)
            if start < end:
                yield start, end

    def starts(self, piece: _Piece, first: int, last: int) -> Iterator[int]:
        """Grid points inside a piece and [first, last), in UTC seconds."""
        low, high = max(piece.start, first), min(piece.end, last)
        for midnight, opens, closes in self._days(piece):
            begin, end = midnight + opens, min(midnight + closes, high)
            if begin < low:
                begin += -(-(low - begin) // self._step) * self._step
            yield from range(begin, end, self._step)

    def _days(self, piece: _Piece) -> Iterator[tuple[int, int, int]]:
        """Each working range of the local days that a piece touches: UTC seconds of its midnight, start and end."""
        for day in range((piece.start + piece.offset) // _DAY, (piece.end - 1 + piece.offset) // _DAY + 1):
            for opens, closes in self.of_day(day):
                yield day * _DAY - piece.offset, opens, closes


def _constant_offsets(zone: ZoneInfo, first: int, last: int) -> list[_Piece]:
    """Cut [first, last) where the zone's UTC offset changes (zones change at most once in any 24 hours)."""
    pieces: list[_Piece] = []
    begin, offset = first, _offset(zone, first)
    at = first
    while at < last:
        following = min(at + _DAY, last)
        changed = _offset(zone, following)
        if changed != offset:
            low, high = at, following
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if _offset(zone, middle) == offset else (low, middle)
            pieces.append(_Piece(begin, high, offset))
            begin, offset = high, changed
        at = following
    if begin < last:
        pieces.append(_Piece(begin, last, offset))
    return pieces


def _offset(zone: ZoneInfo, at: int) -> int:
    offset = datetime.fromtimestamp(at, zone).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def _range_seconds(item: TimeRange) -> tuple[int, int]:
    end = _of_day(item.end)
    return _of_day(item.start), end or _DAY


def _of_day(value: time) -> int:
    return value.hour * 3600 + value.minute * _MINUTE + value.second


def _merged(intervals: Iterable[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """Union of half-open intervals: its starts and its ends, both rising; touching ones become one."""
    starts: list[int] = []
    ends: list[int] = []
    for start, end in sorted(intervals):
        if ends and start <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    return starts, ends


def _cell_bounds(item: Busy) -> tuple[int, int]:
    return _seconds(item.start_at) // _CELL * _CELL, -(-_seconds_up(item.end_at) // _CELL) * _CELL


def _week(day: int) -> int:
    """Number of the week, Monday first (ISO 8601), that a local day belongs to."""
    return (day + _EPOCH_WEEKDAY) // 7


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp() // 1)


def _seconds_up(instant: datetime) -> int:
    return _seconds(instant) + (1 if instant.microsecond else 0)
