"""Whether a provider could take a time, by the same rules that show free slots."""

from collections.abc import Collection
from datetime import datetime, timedelta

from common.application.ports.bookings.repository import BookingRepository
from common.domain.bookings.state_machine import SlotVerdict
from common.domain.bookings.state_machine.checks import MAX_AHEAD
from common.domain.catalogue.providers import Provider
from common.domain.scheduling.availability import Availability
from common.domain.scheduling.slot_limits import limits_at
from common.domain.scheduling.slots import Busy, calendar_bounds, check_slot
from common.domain.scheduling.slots import SlotVerdict as Rule

#: Rules that say nothing of the provider's calendar; they keep a code of their own.
_MESSAGES = {
    Rule.OUTSIDE_HOURS: "The provider does not work then.",
    Rule.OFF_GRID: "The provider's slots do not start then.",
    Rule.TOO_SOON: "The provider needs more notice.",
    Rule.TOO_FAR: "The provider does not take bookings that far ahead.",
    Rule.OCCUPIED: "That time is taken.",
    Rule.DAY_FULL: "The provider takes no more bookings that day.",
    Rule.WEEK_FULL: "The provider takes no more bookings that week.",
}


async def judge_slot(
    bookings: BookingRepository,
    provider: Provider,
    start_at: datetime,
    *,
    duration_minutes: int,
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
        now: the present instant.
        apart_from: bookings and intents whose own claims do not count, because they would make way.
    """
    availability = provider.availability
    if availability is None or not now < start_at <= now + MAX_AHEAD:
        return SlotVerdict(is_bookable=False, message=_MESSAGES[Rule.OUTSIDE_HOURS])
    busy = await _busy(bookings, provider.id, availability, duration_minutes, start_at, now, apart_from)
    rule = check_slot(availability, duration_minutes, busy, now, start_at)
    if rule is Rule.BOOKABLE:
        return SlotVerdict(limits=tuple(limits_at(availability, start_at)))
    return SlotVerdict(is_bookable=False, message=_MESSAGES[rule], reason=rule.value)


async def _busy(
    bookings: BookingRepository,
    provider_id: str,
    availability: Availability,
    duration_minutes: int,
    start_at: datetime,
    now: datetime,
    apart_from: Collection[str],
) -> list[Busy]:
    first, last = calendar_bounds(availability, duration_minutes, start_at, start_at + timedelta(seconds=1))
    claims = await bookings.claims_between(provider_id, first, last)
    return [
        Busy(claim.start_at, claim.end_at, claim.work_start_at, claim.booking_id)
        for claim in claims
        if claim.booking_id not in apart_from and (claim.expires_at is None or claim.expires_at > now)
    ]
