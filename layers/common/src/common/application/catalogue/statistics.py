"""What a provider earned, has to do, and how reliably it works."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from common.application.catalogue.deps import ProviderDeps
from common.domain.bookings.booking import ActorKind, BookingStatus
from common.domain.bookings.earnings import EXPECTED, Earned
from common.domain.catalogue.providers import Provider
from common.domain.shared.errors import InvalidInput
from common.domain.shared.model import Model

MAX_DAYS = 366
_DONE = (BookingStatus.COMPLETED, BookingStatus.SETTLED)
#: Statuses that a provider never sees: nobody has paid yet, or ever did.
HIDDEN_FROM_PROVIDER = frozenset({BookingStatus.PENDING_PAYMENT, BookingStatus.PAYMENT_EXPIRED})


class Earnings(Earned):
    """The sums of one period and currency; ``period`` is a month, ``2026-11``."""

    period: str
    currency: str


class Stats(Model):
    """How a provider answers and works; shares are 0 to 1, ``None`` where nothing has happened yet."""

    requests: int
    accepted: int
    completed: int
    declined: int
    expired: int
    cancelled_by_provider: int
    no_shows: int
    disputed: int
    acceptance_rate: float | None
    completion_rate: float | None
    reliability: float | None


def period_of(now: datetime, start: datetime | None, end: datetime | None, days: int) -> tuple[datetime, datetime]:
    """The interval that is asked for, by default so many days up to now and as many ahead for agreed work.

    Raises:
        InvalidInput: it is empty, or longer than a year.
    """
    first = start or now - timedelta(days=days)
    last = end or max(now, first) + timedelta(days=days)
    if last <= first:
        raise InvalidInput.of("to", "The end must come after the start.", "end_before_start")
    if last - first > timedelta(days=MAX_DAYS):
        raise InvalidInput.of("to", f"Ask for at most {MAX_DAYS} days.", "interval_too_long")
    return first, last


async def earnings(deps: ProviderDeps, provider: Provider, start: datetime, end: datetime) -> list[Earnings]:
    """Earnings by month in the provider's zone and by currency, the earliest month first."""
    bounds = month_bounds(start, end, zone := ZoneInfo(provider.timezone))
    sums = await deps.statistics.sum_earned(provider.id, bounds)
    months = [first.astimezone(zone).strftime("%Y-%m") for first in bounds]
    return [
        Earnings(period=months[part], currency=currency, **sums[part, currency].model_dump())
        for part, currency in sorted(sums)
    ]


def month_bounds(start: datetime, end: datetime, zone: ZoneInfo) -> list[datetime]:
    """The interval's own bounds and between them the instants, in UTC, at which a month begins in the zone."""
    bounds, first = [start], start.astimezone(zone)
    while True:
        year, month = divmod(first.year * 12 + first.month, 12)
        first = datetime(year, month + 1, 1, tzinfo=zone)
        if first >= end:
            return [*bounds, end]
        bounds.append(first.astimezone(UTC))


async def stats(deps: ProviderDeps, provider: Provider, start: datetime, end: datetime) -> Stats:
    """Acceptance and reliability over bookings that start in an interval."""
    counts = await deps.statistics.count_by_status(provider.id, start, end)
    by_status: dict[str, int] = defaultdict(int)
    for (status, _), number in counts.items():
        by_status[status] += number
    by_provider = counts.get((BookingStatus.CANCELLED, ActorKind.PROVIDER), 0)
    unanswered = by_status[BookingStatus.DECLINED] + by_status[BookingStatus.EXPIRED]
    completed = sum(by_status[status] for status in _DONE)
    failed = by_provider + by_status[BookingStatus.NO_SHOW] + by_status[BookingStatus.DISPUTED]
    taken = completed + failed + sum(by_status[status] for status in EXPECTED)
    return Stats(
        requests=sum(n for status, n in by_status.items() if status not in HIDDEN_FROM_PROVIDER),
        accepted=taken,
        completed=completed,
        declined=by_status[BookingStatus.DECLINED],
        expired=by_status[BookingStatus.EXPIRED],
        cancelled_by_provider=by_provider,
        no_shows=by_status[BookingStatus.NO_SHOW],
        disputed=by_status[BookingStatus.DISPUTED],
        acceptance_rate=_share(taken, taken + unanswered),
        completion_rate=_share(completed, completed + failed),
        reliability=_share(completed + failed - by_provider, completed + failed),
    )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None
