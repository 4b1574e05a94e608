"""Which of many services has a real free slot, and when the soonest is."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from common.application.catalogue.profile import availability_of
from common.application.ports.search.listings import Hit
from common.application.search.deps import SearchDeps
from common.domain.catalogue.price_keys import NO_PRICE
from common.domain.catalogue.providers import Provider
from common.domain.scheduling.calendars import Calendars
from common.domain.scheduling.slots import Busy, DayLoad, bookable_slots, calendar_bounds, day_load

#: The soonest slot is looked for in these stretches: most have one in the first.
_STRETCHES = (timedelta(days=3), timedelta(days=14), timedelta(days=35))
#: The local day of any instant lies within so much of it.
_DAY = timedelta(days=1)


class FreeTime:
    """Profiles of some providers, and what is taken of their time.

    Args:
        providers: by id.
        calendars: what is taken.
        now: the present instant.
    """

    def __init__(self, providers: Mapping[str, Provider], calendars: Calendars, now: datetime) -> None:
        self.providers = providers
        self._calendars = calendars
        self._now = now
        self._known: dict[tuple[str, int, tuple[str, ...]], datetime | None] = {}

    def soonest(
        self, provider_id: str, minutes: int, resource_ids: Sequence[str], start: datetime, end: datetime
    ) -> datetime | None:
        """The soonest start of work in an interval, the end exclusive; ``None`` where there is none.

        Args:
            provider_id: whose work.
            minutes: how long it takes.
            resource_ids: what it takes the time of.
            start: not before this instant; with the same ``minutes`` and resources always the same interval.
            end: and before this one.
        """
        provider = self.providers.get(provider_id)
        if provider is None:
            return None
        key = provider_id, minutes, tuple(resource_ids)
        if key not in self._known:
            taken = self._calendars.busy(provider_id, resource_ids)
            self._known[key] = _soonest(provider, minutes, taken, self._now, start, end)
        return self._known[key]

    def load(self, provider_id: str, resource_ids: Sequence[str], instant: datetime) -> DayLoad:
        """How full a known provider's day is, as far as these resources are taken."""
        rules = availability_of(self.providers[provider_id])
        return day_load(rules, self._calendars.busy(provider_id, resource_ids), instant)


async def read_free_time(
    deps: SearchDeps,
    providers: Mapping[str, Provider],
    resource_ids: Collection[str],
    minutes: int,
    start: datetime,
    end: datetime,
    *,
    has_whole_days: bool = False,
) -> FreeTime:
    """What it takes to tell when some providers are free.

    Args:
        deps: ports.
        providers: whose, by id, as just read.
        resource_ids: all that their services take the time of.
        minutes: how long the longest work takes.
        start: where the starts that are asked about begin.
        end: and end.
        has_whole_days: whether ``load`` will be asked, so that the whole first and last day is read.
    """
    now, margin = deps.clock.now(), _DAY if has_whole_days else timedelta(0)
    spans = [calendar_bounds(availability_of(provider), minutes, start, end) for provider in providers.values()]
    first = min((each for each, _ in spans), default=start) - margin
    last = max((each for _, each in spans), default=end) + margin
    calendars = await deps.busy.calendars(sorted(providers), sorted(resource_ids), first, last, now)
    return FreeTime(providers, calendars, now)


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
    resource_ids = {each for hit in bookable for each in hit.resource_ids}
    longest = max(hit.duration_minutes for hit in bookable)
    free = await read_free_time(deps, providers, resource_ids, longest, start, end)
    found = {
        hit.id: free.soonest(hit.provider_id, hit.duration_minutes, hit.resource_ids, start, end) for hit in bookable
    }
    return {service_id: soonest for service_id, soonest in found.items() if soonest is not None}


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
