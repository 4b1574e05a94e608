"""What of a provider's bookings lies in a holiday."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from common.application.catalogue.deps import ProviderDeps
from common.application.catalogue.statistics import HIDDEN_FROM_PROVIDER
from common.application.ports.bookings.repository import BookingQuery
from common.domain.bookings.booking import Booking
from common.domain.bookings.groups import UPCOMING
from common.domain.catalogue.providers import Provider
from common.domain.scheduling.slot_cells import LONGEST_CLAIM

MOST_AFFECTED = 100
_PAGE = 200
_SHOWN = tuple(status for status in UPCOMING if status not in HIDDEN_FROM_PROVIDER)


async def bookings_in_holidays(deps: ProviderDeps, provider: Provider) -> list[Booking]:
    """Bookings to come that take any of the time of the provider's holidays, the soonest first, at most a hundred.

    Args:
        deps: ports.
        provider: whose, with the holidays as they are now.
    """
    rules = provider.availability
    if rules is None or not rules.holidays:
        return []
    zone = ZoneInfo(rules.timezone)
    spans = [
        (datetime.combine(each.first_date, time(), zone), datetime.combine(each.last_date, time.max, zone))
        for each in rules.holidays
    ]
    query = BookingQuery(
        provider_id=provider.id,
        statuses=_SHOWN,
        starts_from=max(deps.clock.now(), min(first for first, _ in spans)) - LONGEST_CLAIM,
        starts_before=max(last for _, last in spans),
        soonest_first=True,
    )
    found: list[Booking] = []
    after: tuple[datetime, str] | None = None
    while len(found) < MOST_AFFECTED:
        page = await deps.bookings.search(query, limit=_PAGE, after=after)
        found += [
            each
            for each in page
            if any(each.slot.start_at <= last and first < each.slot.end_at for first, last in spans)
        ]
        if len(page) < _PAGE:
            break
        after = (page[-1].slot.start_at, page[-1].id)
    return found[:MOST_AFFECTED]
