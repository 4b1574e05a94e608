"""Which of many services has a real free slot, and when the soonest is."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from common.application.catalogue.profile import availability_of
from common.application.ports.search.listings import Hit
from common.application.search.deps import SearchDeps
from common.domain.catalogue.price_keys import NO_PRICE
from common.domain.catalogue.providers import Provider
from common.domain.scheduling.slots import Busy, bookable_slots, calendar_bounds

#: The soonest slot is looked for in these stretches: most have one in the first.
_STRETCHES = (timedelta(days=3), timedelta(days=14), timedelta(days=35))


async def soonest_slots(
    deps: SearchDeps, hits: Sequence[Hit], starts_from: datetime | None, starts_before: datetime | None
) -> Mapping[str, datetime]:
    """The soonest bookable start of each service that has one, by the service's id.

    Args:
        deps: ports.
        hits: services; those by quote cannot be booked and have none.
        starts_from: not before this instant, by default now.
        starts_before: and before this one, by default within five weeks.
    """
    now = deps.clock.now()
    start = max(starts_from or now, now)
    end = starts_before or start + _STRETCHES[-1]
    bookable = [hit for hit in hits if hit.price < NO_PRICE]
    if end <= start or not bookable:
        return {}
    providers = await deps.providers.get_many(sorted({hit.provider_id for hit in bookable}))
    first, last = _bounds(providers, bookable, start, end)
    resources = sorted({each for hit in bookable for each in hit.resource_ids})
    calendars = await deps.busy.calendars(sorted(providers), resources, first, last, now)
    known: dict[tuple[str, int, tuple[str, ...]], datetime | None] = {}
    found: dict[str, datetime] = {}
    for hit in bookable:
        provider = providers.get(hit.provider_id)
        if provider is None:
            continue
        key = hit.provider_id, hit.duration_minutes, tuple(hit.resource_ids)
        if key not in known:
            taken = calendars.busy(provider.id, hit.resource_ids)
            known[key] = _soonest(provider, hit.duration_minutes, taken, now, start, end)
        if (soonest := known[key]) is not None:
            found[hit.id] = soonest
    return found


def _bounds(
    providers: Mapping[str, Provider], hits: Sequence[Hit], start: datetime, end: datetime
) -> tuple[datetime, datetime]:
    longest = max(hit.duration_minutes for hit in hits)
    spans = [calendar_bounds(availability_of(provider), longest, start, end) for provider in providers.values()]
    return min((first for first, _ in spans), default=start), max((last for _, last in spans), default=end)


def _soonest(
    provider: Provider, duration: int, busy: Sequence[Busy], now: datetime, start: datetime, end: datetime
) -> datetime | None:
    rules = availability_of(provider)
    begin = start
    for stretch in _STRETCHES:
        until = min(start + stretch, end)
        if until > begin and (slots := bookable_slots(rules, duration, busy, now, begin, until, limit=1)):
            return slots[0].start_at
        begin = until
    return None
