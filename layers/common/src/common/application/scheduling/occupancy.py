"""Whether a provider could take a time, by the same rules that show free slots."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from common.application.ports.bookings.repository import BookingRepository
from common.domain.bookings.state_machine import MAX_AHEAD, SlotVerdict
from common.domain.catalogue.providers import Provider
from common.domain.scheduling.calendars import Calendars, Taken
from common.domain.scheduling.slot_cells import SlotClaim
from common.domain.scheduling.slot_limits import limits_at
from common.domain.scheduling.slots import SlotStatus, bookable_slots, calendar_bounds, slot_status

#: Rules that say nothing of the provider's calendar; they keep a code of their own.
_MESSAGES = {
    SlotStatus.OUTSIDE_HOURS: "The provider does not work then.",
    SlotStatus.OFF_GRID: "The provider's slots do not start then.",
    SlotStatus.TOO_SOON: "The provider needs more notice.",
    SlotStatus.TOO_FAR: "The provider does not take bookings that far ahead.",
    SlotStatus.OCCUPIED: "That time is taken.",
    SlotStatus.DAY_FULL: "The provider takes no more bookings that day.",
    SlotStatus.WEEK_FULL: "The provider takes no more bookings that week.",
}


async def check_slot(
    bookings: BookingRepository,
    provider: Provider,
    start_at: datetime,
    *,
    duration_minutes: int,
    resource_ids: Sequence[str],
    now: datetime,
    apart_from: Collection[str] = (),
) -> SlotVerdict:
    """Ask the slot rules whether the provider could take this start.

    The database decides in the end, which is why the verdict carries the limits to count; this gives the reason
    beforehand, and knows hours, notice and window.

    Args:
        bookings: where claims are read.
        provider: whose time it is.
        start_at: an aware instant.
        duration_minutes: length of the work.
        resource_ids: whose time it takes.
        now: the present instant.
        apart_from: bookings and intents whose own claims do not count, because they would make way.
    """
    bounds = claims_around(provider, start_at, duration_minutes, now)
    claims = await bookings.list_claims(provider.id, resource_ids, *bounds) if bounds else ()
    return judge_slot(
        claims,
        provider,
        start_at,
        duration_minutes=duration_minutes,
        resource_ids=resource_ids,
        now=now,
        apart_from=apart_from,
    )


async def first_free_start(
    bookings: BookingRepository,
    provider: Provider,
    between: tuple[datetime, datetime],
    *,
    duration_minutes: int,
    resource_ids: Sequence[str],
    now: datetime,
    apart_from: Collection[str] = (),
    is_notice_waived: bool = False,
) -> tuple[datetime, SlotVerdict] | None:
    """The first start in an interval that the slot rules find free, with the limits that it counts for.

    Args:
        bookings: where claims are read.
        provider: whose time it is.
        between: the half-open interval.
        duration_minutes: length of the work.
        resource_ids: whose time it takes.
        now: the present instant.
        apart_from: whose own claims do not count, because they would make way.
        is_notice_waived: whether the provider, who is there, needs no notice.
    """
    rules, (first, last) = provider.availability, between
    if rules is None or last <= first:
        return None
    if is_notice_waived:
        rules = rules.model_copy(update={"minimum_notice_minutes": 0})
    bounds = calendar_bounds(rules, duration_minutes, first, last)
    claims = await bookings.list_claims(provider.id, resource_ids, *bounds)
    others = [each for each in claims if each.booking_id not in apart_from and each.stands_at(now)]
    busy = _calendars(others).busy(provider.id, resource_ids)
    found = bookable_slots(rules, duration_minutes, busy, now, first, last, limit=1)
    return (found[0].start_at, SlotVerdict(limits=tuple(limits_at(rules, found[0].start_at)))) if found else None


def claims_around(
    provider: Provider, start_at: datetime, duration_minutes: int, now: datetime
) -> tuple[datetime, datetime] | None:
    """The interval whose claims judge a start; ``None`` where none are needed, as the provider cannot take it."""
    availability = provider.availability
    if availability is None or not now < start_at <= now + MAX_AHEAD:
        return None
    return calendar_bounds(availability, duration_minutes, start_at, start_at + timedelta(seconds=1))


def judge_slot(
    claims: Iterable[SlotClaim],
    provider: Provider,
    start_at: datetime,
    *,
    duration_minutes: int,
    resource_ids: Sequence[str],
    now: datetime,
    apart_from: Collection[str] = (),
) -> SlotVerdict:
    """What ``check_slot`` says, by claims that were read already: at least those of the interval ``claims_around``."""
    availability = provider.availability
    if availability is None or claims_around(provider, start_at, duration_minutes, now) is None:
        return SlotVerdict(is_bookable=False, message=_MESSAGES[SlotStatus.OUTSIDE_HOURS])
    others = [each for each in claims if each.booking_id not in apart_from and each.stands_at(now)]
    busy = _calendars(others).busy(provider.id, resource_ids)
    status = slot_status(availability, duration_minutes, busy, now, start_at)
    if status is SlotStatus.BOOKABLE:
        return SlotVerdict(limits=tuple(limits_at(availability, start_at)))
    return SlotVerdict(is_bookable=False, message=_MESSAGES[status], reason=status.value)


def _calendars(claims: Iterable[SlotClaim]) -> Calendars:
    return Calendars(
        Taken(each.provider_id, each.resource_id, each.start_at, each.end_at, each.work_start_at, each.booking_id)
        for each in claims
    )
