"""What a provider earned, has to do, and how reliably it works."""

from collections import defaultdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from common.application.catalogue.deps import ProviderDeps
from common.domain.bookings.booking import ActorKind, Booking, BookingStatus, PayoutState
from common.domain.bookings.charges import net_paid
from common.domain.bookings.commission import commission_of, provider_share
from common.domain.catalogue.providers import Provider
from common.domain.shared.errors import InvalidInput
from common.domain.shared.model import Model

MAX_DAYS = 366
_EXPECTED = frozenset({BookingStatus.ACCEPTED, BookingStatus.IN_PROGRESS})
_DONE = (BookingStatus.COMPLETED, BookingStatus.SETTLED)
#: Statuses that a provider never sees: nobody has paid yet, or ever did.
HIDDEN_FROM_PROVIDER = frozenset({BookingStatus.PENDING_PAYMENT, BookingStatus.PAYMENT_EXPIRED})


class Earnings(Model):
    """The provider's part of one period's and currency's bookings, in minor units.

    ``expected`` is agreed work still to be done, ``held`` is earned and waits for settlement, ``paid_out`` has been
    transferred and not taken back, ``set_off`` has paid the provider's debts instead, and ``owed`` is what they still
    owe of these bookings. ``commission`` is ours, of what was earned. ``period`` is a month, ``2026-11``.
    """

    period: str
    currency: str
    bookings: int = 0
    expected: int = 0
    held: int = 0
    paid_out: int = 0
    set_off: int = 0
    owed: int = 0
    commission: int = 0


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
    zone = ZoneInfo(provider.timezone)
    sums: dict[tuple[str, str], Earnings] = {}
    async for booking in deps.statistics.stream_by_provider(provider.id, start, end):
        month, currency = booking.slot.start_at.astimezone(zone).strftime("%Y-%m"), booking.price.total.currency
        before = sums.get((month, currency)) or Earnings(period=month, currency=currency)
        sums[month, currency] = _with(before, booking)
    return [sums[group] for group in sorted(sums)]


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
    taken = completed + failed + sum(by_status[status] for status in _EXPECTED)
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


def _with(sums: Earnings, booking: Booking) -> Earnings:
    """The sums with one booking more."""
    expected = held = commission = 0
    details = booking.payment_details
    kept = net_paid(booking)
    if booking.status in _EXPECTED:
        expected = provider_share(booking.price, booking.price.total.amount)
    elif kept > 0:
        commission = commission_of(booking.price, kept)
        if booking.payout is PayoutState.HELD:
            held = provider_share(booking.price, kept)
    elif not (booking.transferred_amount or details.set_off_amount):
        return sums
    return Earnings(
        period=sums.period,
        currency=sums.currency,
        bookings=sums.bookings + 1,
        expected=sums.expected + expected,
        held=sums.held + held,
        paid_out=sums.paid_out + booking.transferred_amount - booking.reversed_amount,
        set_off=sums.set_off + max(details.set_off_amount, 0),
        owed=sums.owed + details.debt_amount,
        commission=sums.commission + commission,
    )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None
