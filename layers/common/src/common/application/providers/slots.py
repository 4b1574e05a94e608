"""Bookable slots of a service, and the same rules applied to one requested start."""

from datetime import datetime, timedelta

from common.application.ports.catalogue import BusyTimes
from common.application.providers.deps import ProviderDeps
from common.application.providers.profile import availability_of
from common.domain.errors import InvalidInput, SlotUnavailable
from common.domain.providers import Provider
from common.domain.services import PriceType, Service, ServiceStatus
from common.domain.slots import FreeSlot, SlotVerdict, bookable_slots, calendar_bounds, check_slot

MAX_DAYS = 62
DEFAULT_DAYS = 14

_REASONS = {
    SlotVerdict.OUTSIDE_HOURS: "The provider does not work then.",
    SlotVerdict.OFF_GRID: "The provider does not start work at that time.",
    SlotVerdict.TOO_SOON: "The provider needs more notice.",
    SlotVerdict.TOO_FAR: "That is further ahead than the provider takes bookings.",
    SlotVerdict.OCCUPIED: "That time is taken.",
    SlotVerdict.DAY_FULL: "The provider takes no more work that day.",
    SlotVerdict.WEEK_FULL: "The provider takes no more work that week.",
}


def is_bookable(provider: Provider, service: Service) -> bool:
    """Whether a booking can be made at all: shown, and with a price."""
    return provider.is_listed and service.status is ServiceStatus.ACTIVE and service.price_type is not PriceType.QUOTE


def slot_interval(
    now: datetime, starts_from: datetime | None, starts_before: datetime | None
) -> tuple[datetime, datetime]:
    """The interval that is asked for, by default the coming two weeks.

    Raises:
        InvalidInput: it is empty, or longer than 62 days.
    """
    first = starts_from or now
    last = starts_before or first + timedelta(days=DEFAULT_DAYS)
    if last <= first:
        raise InvalidInput.of("to", "The end must come after the start.", "end_before_start")
    if last - first > timedelta(days=MAX_DAYS):
        raise InvalidInput.of("to", f"Ask for at most {MAX_DAYS} days.", "interval_too_long")
    return first, last


async def list_slots(
    deps: ProviderDeps, provider: Provider, service: Service, starts_from: datetime, starts_before: datetime
) -> list[FreeSlot]:
    """Every start in the half-open interval that can be booked now, in order."""
    if not is_bookable(provider, service):
        return []
    rules, now = availability_of(provider), deps.clock.now()
    first, last = calendar_bounds(rules, service.duration_minutes, starts_from, starts_before)
    busy = await deps.busy.between(provider.id, first, last, now)
    return bookable_slots(rules, service.duration_minutes, busy, now, starts_from, starts_before)


async def judge_slot(
    busy_times: BusyTimes, provider: Provider, duration_minutes: int, start_at: datetime, now: datetime
) -> SlotVerdict:
    """Judge one start by the rules that ``list_slots`` shows by.

    Args:
        busy_times: what is taken.
        provider: whose time.
        duration_minutes: length of the work.
        start_at: the requested start.
        now: the present instant.
    """
    rules = availability_of(provider)
    first, last = calendar_bounds(rules, duration_minutes, start_at, start_at + timedelta(seconds=1))
    busy = await busy_times.between(provider.id, first, last, now)
    return check_slot(rules, duration_minutes, busy, now, start_at)


async def require_free_slot(
    busy_times: BusyTimes, provider: Provider, duration_minutes: int, start_at: datetime, now: datetime
) -> None:
    """Let a start pass that can be booked; the unique index on claims still decides between simultaneous ones.

    Raises:
        SlotUnavailable: it cannot be booked; ``extra['reason']`` names the rule.
    """
    verdict = await judge_slot(busy_times, provider, duration_minutes, start_at, now)
    if verdict is not SlotVerdict.BOOKABLE:
        raise SlotUnavailable(_REASONS[verdict], extra={"reason": verdict.value})
