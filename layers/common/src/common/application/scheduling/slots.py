"""Bookable slots of a service, by the rules that a booking is judged by."""

from datetime import datetime, timedelta

from common.application.catalogue.deps import ProviderDeps
from common.application.catalogue.profile import availability_of
from common.domain.catalogue.providers import Provider
from common.domain.catalogue.services import PriceType, Service, ServiceStatus
from common.domain.scheduling.slots import FreeSlot, bookable_slots, calendar_bounds
from common.domain.shared.display import duration_text
from common.domain.shared.errors import InvalidInput

MAX_DAYS = 62
DEFAULT_DAYS = 14


def is_bookable(provider: Provider, service: Service) -> bool:
    """Whether a booking can be made at all: shown, and with a price."""
    is_shown = provider.is_listed and provider.is_billable and service.status is ServiceStatus.ACTIVE
    return is_shown and service.price_type is not PriceType.QUOTE


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
        raise InvalidInput.of("to", f"Ask for at most {duration_text(timedelta(days=MAX_DAYS))}.", "interval_too_long")
    return first, last


async def list_slots(
    deps: ProviderDeps,
    provider: Provider,
    service: Service,
    starts_from: datetime,
    starts_before: datetime,
    *,
    duration_minutes: int,
) -> list[FreeSlot]:
    """Every start in the half-open interval that can be booked now for so many minutes of work, in order."""
    if not is_bookable(provider, service):
        return []
    rules, now = availability_of(provider), deps.clock.now()
    first, last = calendar_bounds(rules, duration_minutes, starts_from, starts_before)
    resources = service.resources()
    calendars = await deps.busy.calendars([provider.id], resources, first, last, now)
    busy = calendars.busy(provider.id, resources)
    return bookable_slots(rules, duration_minutes, busy, now, starts_from, starts_before)
