"""What makes an availability sound; what is stored has passed here."""

from collections.abc import Iterator, Sequence
from datetime import time
from itertools import pairwise

from common.domain.scheduling.availability import Availability, TimeRange
from common.domain.scheduling.slot_cells import CELL_MINUTES
from common.domain.shared.errors import FieldError, InvalidInput
from common.domain.shared.time_zones import check_timezone

_DAY_MINUTES = 1440
MAX_RANGES_PER_DAY = 8
MAX_EXCEPTIONS = 366
MAX_HOLIDAYS = 50
#: Longer than a sabbatical; somebody who is away for longer takes their services out.
MAX_HOLIDAY_DAYS = 366
MAX_REASON = 200
#: Years of holidays; nothing is booked further ahead, and instants stay far from the calendar's ends.
_FIRST_YEAR, _LAST_YEAR = 2000, 2200
#: Bounds of the whole-minute fields: smallest, largest, and what they must be multiples of.
_BOUNDS = {
    "slot_step_minutes": (CELL_MINUTES, _DAY_MINUTES, CELL_MINUTES),
    "buffer_before_minutes": (0, _DAY_MINUTES, CELL_MINUTES),
    "buffer_after_minutes": (0, _DAY_MINUTES, CELL_MINUTES),
    "minimum_notice_minutes": (0, 60 * _DAY_MINUTES, 1),
    "booking_window_days": (1, 365, 1),
}


def check_availability(availability: Availability) -> None:
    """Refuse rules that contradict themselves or do not fit the five-minute cells.

    Raises:
        InvalidInput: with every wrong field.
    """
    check_timezone(availability.timezone)
    errors = [*_bound_errors(availability), *_limit_errors(availability), *_weekly_errors(availability)]
    errors += [*_exception_errors(availability), *_holiday_errors(availability)]
    if errors:
        raise InvalidInput("The availability has errors.", errors=errors)


def _bound_errors(availability: Availability) -> Iterator[FieldError]:
    for field, (smallest, largest, multiple) in _BOUNDS.items():
        value = getattr(availability, field)
        if not smallest <= value <= largest or value % multiple:
            message = f"Give a whole number from {smallest} to {largest}" + (
                f", a multiple of {multiple}." * (multiple > 1)
            )
            yield FieldError(field, message, "out_of_range")


def _limit_errors(availability: Availability) -> Iterator[FieldError]:
    for field in ("max_per_day", "max_per_week"):
        value = getattr(availability, field)
        if value is not None and not 1 <= value <= 1000:  # noqa: PLR2004 - a bound of its own
            yield FieldError(field, "Give a whole number from 1 to 1000, or leave it out.", "out_of_range")


def _weekly_errors(availability: Availability) -> Iterator[FieldError]:
    seen: set[int] = set()
    for index, rule in enumerate(availability.weekly):
        if rule.weekday in seen:
            yield FieldError(f"weekly.{index}.weekday", "This weekday is given twice.", "duplicate")
        seen.add(rule.weekday)
        yield from _range_errors(f"weekly.{index}.ranges", rule.ranges)


def _exception_errors(availability: Availability) -> Iterator[FieldError]:
    if len(availability.exceptions) > MAX_EXCEPTIONS:
        yield FieldError("exceptions", f"Give at most {MAX_EXCEPTIONS}.", "too_many")
    seen: set[tuple[object, str]] = set()
    for index, item in enumerate(availability.exceptions):
        if (item.date, item.kind) in seen:
            yield FieldError(f"exceptions.{index}.date", "This date is given twice.", "duplicate")
        seen.add((item.date, item.kind))
        if item.kind == "closed" and item.ranges:
            yield FieldError(f"exceptions.{index}.ranges", "A closed day has no hours.", "not_allowed")
        if item.kind != "closed" and not item.ranges:
            yield FieldError(f"exceptions.{index}.ranges", "Give the hours.", "missing")
        yield from _range_errors(f"exceptions.{index}.ranges", item.ranges)


def _holiday_errors(availability: Availability) -> Iterator[FieldError]:
    holidays = availability.holidays
    if len(holidays) > MAX_HOLIDAYS:
        yield FieldError("holidays", f"Give at most {MAX_HOLIDAYS}.", "too_many")
    for index, item in enumerate(holidays):
        field = f"holidays.{index}"
        for name in ("first_date", "last_date"):
            if not _FIRST_YEAR <= getattr(item, name).year <= _LAST_YEAR:
                years = f"Give a year from {_FIRST_YEAR} to {_LAST_YEAR}."
                yield FieldError(f"{field}.{name}", years, "out_of_range")
        if item.last_date < item.first_date:
            yield FieldError(f"{field}.last_date", "The last day must not come before the first.", "end_before_start")
        if (item.last_date - item.first_date).days >= MAX_HOLIDAY_DAYS:
            yield FieldError(f"{field}.last_date", f"At most {MAX_HOLIDAY_DAYS} days.", "too_long")
        if len(item.reason) > MAX_REASON:
            yield FieldError(f"{field}.reason", f"At most {MAX_REASON} characters.", "too_long")
    in_order = sorted(enumerate(holidays), key=lambda each: each[1].first_date)
    for (_, earlier), (index, later) in pairwise(in_order):
        if later.first_date <= earlier.last_date:
            yield FieldError(f"holidays.{index}", "This holiday overlaps another one.", "overlap")


def _range_errors(field: str, ranges: Sequence[TimeRange]) -> Iterator[FieldError]:
    if len(ranges) > MAX_RANGES_PER_DAY:
        yield FieldError(field, f"Give at most {MAX_RANGES_PER_DAY} a day.", "too_many")
    spans = []
    for index, item in enumerate(ranges):
        start, end = _minutes(item.start), _minutes(item.end) or _DAY_MINUTES
        if any(_off_grid(value) for value in (item.start, item.end)):
            yield FieldError(f"{field}.{index}", f"Times are whole multiples of {CELL_MINUTES} minutes.", "off_grid")
        if end <= start:
            message = "The end must come after the start; give work over midnight as two ranges."
            yield FieldError(f"{field}.{index}.end", message, "end_before_start")
        spans.append((start, end))
    spans.sort()
    if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
        yield FieldError(field, "The ranges overlap.", "overlap")


def _minutes(value: time) -> int:
    return value.hour * 60 + value.minute


def _off_grid(value: time) -> bool:
    return bool(value.minute % CELL_MINUTES or value.second or value.microsecond or value.tzinfo)
