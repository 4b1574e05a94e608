"""Counting days: each is counted whole of its own rows and replaced, so that a repeated or late run changes nothing.

Today is counted at every run, the days before it hourly, for rows may commit a little after the instant they bear.
Job requests are counted by the day on which they were made, and find a provider later; so their days are counted again
once a day as long as a window may reach. A day that was never counted is counted when it is met.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta

from common.application.admin.metrics.deps import MetricsDeps
from common.application.ports.admin.metrics import Area, SeenQueues
from common.application.ports.identity.security_log import SecurityLog
from common.application.shared.staff_acts import act_of_staff
from common.domain.identity.clients import ClientInfo
from common.domain.identity.roles import Principal
from common.domain.identity.security_events import SecurityEventType
from common.domain.shared.errors import InvalidInput, Unavailable

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
#: Days before today that are counted every hour.
RECENT_DAYS = 3
#: So many days back a missing day is counted, and job requests may still find a provider.
KNOWN_DAYS = 93
#: A run ends within its function's time; after this another may begin, whatever became of it.
_LEASE = timedelta(minutes=2)
#: The first day that anybody asks for: nothing is older than the product.
FIRST_DAY = date(2020, 1, 1)


async def compute_due(deps: MetricsDeps, *, has_time: Callable[[], bool]) -> Counter[str]:
    """One run of the schedule: count what is due, today first, and look how many dead letters there are.

    Args:
        deps: ports.
        has_time: asked before each day of an area; what is not reached waits for the next run.

    Returns:
        Counts by metric name; none where another run is at it.
    """
    counts: Counter[str] = Counter()
    now = deps.clock.now()
    until = now + _LEASE
    if not await deps.runs.claim(now, until):
        return counts
    try:
        computed = await deps.metrics.list_computed(now.date() - KNOWN_DAYS * _DAY, now.date())
        for day, area in due_days(now, computed):
            if not has_time():
                break
            await deps.metrics.save(await deps.facts.count(area, day, deps.clock.now()))
            counts["MetricsDaysCounted"] += 1
        seen = {name: await _dead_letters(deps, name) for name in deps.queues.names()} if has_time() else {}
        if seen:
            await deps.runs.save_queues(SeenQueues(dead_letters=seen, seen_at=now))
    finally:
        await deps.runs.release(until, deps.clock.now())
    return counts


def due_days(now: datetime, computed: Mapping[tuple[date, Area], datetime]) -> Iterator[tuple[date, Area]]:
    """The days that are due to be counted, the newest first.

    Args:
        now: the present instant; today is always due.
        computed: when days were counted.
    """
    today = now.astimezone(UTC).date()
    yield from ((today, area) for area in Area)
    for back in range(1, KNOWN_DAYS + 1):
        day = today - back * _DAY
        for area in Area:
            if _is_due(now, day, area, computed.get((day, area)), is_recent=back <= RECENT_DAYS):
                yield day, area


def _is_due(now: datetime, day: date, area: Area, at: datetime | None, *, is_recent: bool) -> bool:
    if at is None or at < datetime.combine(day + _DAY, time(), UTC):
        return True
    age = now - at
    return age >= _HOUR if is_recent else area is Area.MATCHING and age >= _DAY


async def compute_day(deps: MetricsDeps, day: date) -> datetime:
    """Count every area of a UTC day anew; returns the instant from which on its rows were read.

    Raises:
        InvalidInput: the day has not begun, or lies before ``FIRST_DAY``.
    """
    now = deps.clock.now()
    if not FIRST_DAY <= day <= now.date():
        raise InvalidInput.of("day", f"Give a day from {FIRST_DAY} to today.", "out_of_range")
    for area in Area:
        await deps.metrics.save(await deps.facts.count(area, day, now))
    return now


async def count_day_anew(
    deps: MetricsDeps, log: SecurityLog, staff: Principal, day: date, client: ClientInfo
) -> datetime:
    """Count a day anew because a member of staff wants it, and log it.

    Raises:
        InvalidInput: as ``compute_day``.
    """
    computed_at = await compute_day(deps, day)
    type_, now = SecurityEventType.FIGURES_RECOUNTED, deps.clock.now()
    await log.insert(act_of_staff(staff, type_, client, now, user_id=None, day=day.isoformat()))
    return computed_at


async def _dead_letters(deps: MetricsDeps, name: str) -> int | None:
    try:
        return (await deps.queues.depth(name)).dead
    except Unavailable:
        return None
