"""What who runs the product looks at: queues, lags, breakers; each asked on its own, within its own time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from common.application.payments.reconciliation.run import LagDeps, has_reconciled, reconciliation_lag
from common.application.ports.admin.metrics import Area, Metrics, OpenCounts, Waiting
from common.application.ports.admin.operations import BreakerState, Lags, Sweep
from common.application.ports.admin.queues import Depth, Moved, Queues
from common.application.ports.identity.security_log import SecurityLog
from common.application.ports.shared.clock import Clock
from common.application.ports.shared.outbox import Outbox
from common.application.shared.outbox import GRACE
from common.application.shared.staff_acts import act_of_staff
from common.application.shared.together import together
from common.domain.identity.clients import ClientInfo
from common.domain.identity.roles import Principal
from common.domain.identity.security_events import SecurityEventType
from common.domain.shared.errors import NotFound

T = TypeVar("T")

#: How long anything is waited for.
PATIENCE_SECONDS = 2.0
#: Schedules run every minute, and an alarm rings after ten (``template.yaml``).
LATE = timedelta(minutes=10)
#: As the alarm of reconciliation (``template.yaml``).
RECONCILIATION_LATE = timedelta(hours=6)
#: Figures of today are counted every five minutes.
FIGURES_LATE = timedelta(minutes=20)
#: Reconciliation runs every quarter of an hour and figures are counted every five minutes: both have had theirs then.
FIRST_TURN = timedelta(minutes=30)
MOST_DISCREPANCIES = 1_000
#: Dead letters that one request moves.
MOST_MOVED = 100


class Verdict(StrEnum):
    """How something does.

    ``pending`` is what could not have had its first turn yet; ``attention`` where somebody should look; ``unknown``
    where it did not answer in time.
    """

    OK = "ok"
    PENDING = "pending"
    ATTENTION = "attention"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class OperationsDeps:
    """Ports of operations."""

    clock: Clock
    queues: Queues
    outbox: Outbox
    lags: Lags
    reconciliation: LagDeps
    open_counts: OpenCounts
    metrics: Metrics
    log: SecurityLog


@dataclass(frozen=True)
class QueueState:
    """A queue; without ``depth`` where it did not answer."""

    name: str
    verdict: Verdict
    depth: Depth | None


@dataclass(frozen=True)
class Lag:
    """How many seconds something is behind; ``None`` where it did not answer, or has not had its first turn yet."""

    name: str
    verdict: Verdict
    seconds: int | None


@dataclass(frozen=True)
class Operations:
    """How everything does. ``breakers`` and ``discrepancies`` are ``None`` where they could not be read."""

    checked_at: datetime
    queues: Sequence[QueueState]
    outbox: Lag
    sweeps: Sequence[Lag]
    reconciliation: Lag
    figures: Lag
    breakers: Sequence[BreakerState] | None
    discrepancies: int | None

    @property
    def verdict(self) -> Verdict:
        """The worst of all."""
        all_of = [
            *(each.verdict for each in self.queues),
            *(each.verdict for each in (self.outbox, *self.sweeps, self.reconciliation, self.figures)),
            breakers_verdict(self.breakers),
            count_verdict(self.discrepancies),
        ]
        return max(all_of, key=list(Verdict).index)


def breakers_verdict(breakers: Sequence[BreakerState] | None) -> Verdict:
    """Attention where one is open."""
    if breakers is None:
        return Verdict.UNKNOWN
    return Verdict.ATTENTION if any(each.opened_at for each in breakers) else Verdict.OK


def count_verdict(count: int | None) -> Verdict:
    """Attention where there are any."""
    if count is None:
        return Verdict.UNKNOWN
    return Verdict.ATTENTION if count else Verdict.OK


async def read_operations(deps: OperationsDeps) -> Operations:
    """Ask everything at once; what is silent is unknown and keeps nothing else waiting. Never raises for it."""
    now = deps.clock.now()
    queues, sweeps, outbox, reconciliation, figures, breakers, discrepancies = await together(
        together(*(_queue(deps, name) for name in deps.queues.names())),
        together(*(_lag(each.value, LATE, _sweep_lag(deps, each, now)) for each in Sweep)),
        _lag("outbox", LATE, _outbox_lag(deps, now)),
        _first_turn(
            deps,
            _lag("reconciliation", RECONCILIATION_LATE, reconciliation_lag(deps.reconciliation)),
            lambda: has_reconciled(deps.reconciliation),
        ),
        _first_turn(deps, _lag("figures", FIGURES_LATE, _figures_lag(deps, now)), lambda: _has_counted(deps, now)),
        _answer(deps.lags.list_breakers()),
        _answer(_discrepancies(deps)),
    )
    return Operations(now, queues, outbox, sweeps, reconciliation, figures, breakers, discrepancies)


async def redrive(deps: OperationsDeps, staff: Principal, queue: str, client: ClientInfo) -> Moved:
    """Send a queue's dead letters to work again, up to ``MOST_MOVED`` of them, and log it.

    Raises:
        NotFound: there is no such queue.
        Unavailable: the queue does not answer.
    """
    if queue not in deps.queues.names():
        raise NotFound("There is no such queue.")
    moved = await deps.queues.redrive(queue, most=MOST_MOVED)
    type_, now = SecurityEventType.DEAD_LETTERS_REDRIVEN, deps.clock.now()
    await deps.log.insert(act_of_staff(staff, type_, client, now, user_id=None, queue=queue, moved=moved.number))
    return moved


async def _answer(question: Awaitable[T]) -> T | None:
    """What somebody answers in time; ``None`` otherwise."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await question
    except Exception:  # noqa: BLE001 - whatever it is, there is no answer; the others are shown all the same
        return None


async def _queue(deps: OperationsDeps, name: str) -> QueueState:
    depth = await _answer(deps.queues.depth(name))
    if depth is None:
        return QueueState(name, Verdict.UNKNOWN, None)
    return QueueState(name, Verdict.ATTENTION if depth.dead else Verdict.OK, depth)


async def _lag(name: str, late: timedelta, question: Awaitable[int]) -> Lag:
    seconds = await _answer(question)
    if seconds is None:
        return Lag(name, Verdict.UNKNOWN, None)
    return Lag(name, Verdict.ATTENTION if seconds > late.total_seconds() else Verdict.OK, seconds)


async def _first_turn(deps: OperationsDeps, question: Awaitable[Lag], has_run: Callable[[], Awaitable[bool]]) -> Lag:
    """The lag of what a schedule does; what never ran is pending for as long as it need not have run."""
    lag = await question
    if lag.verdict is not Verdict.ATTENTION:
        return lag
    begun = await _answer(deps.lags.get_begun())
    if begun is None or deps.clock.now() - begun > FIRST_TURN or await _answer(has_run()) is not False:
        return lag
    return Lag(lag.name, Verdict.PENDING, None)


async def _has_counted(deps: OperationsDeps, now: datetime) -> bool:
    """Whether figures were ever counted, as far as a marketplace that has just begun can have any."""
    today: date = now.date()
    return bool(await deps.metrics.list_computed(today - timedelta(days=1), today))


async def _discrepancies(deps: OperationsDeps) -> int:
    counts = await deps.open_counts.count([Waiting.DISCREPANCIES], most=MOST_DISCREPANCIES)
    return counts[Waiting.DISCREPANCIES]


async def _outbox_lag(deps: OperationsDeps, now: datetime) -> int:
    """Age of the oldest event that its own process did not publish, and that could be by now."""
    found = await deps.outbox.list_unpublished(before=now - GRACE, limit=1)
    due = [max(each.created_at, each.not_before or each.created_at) for each in found]
    return max([0, *(_seconds(now - each) for each in due)])


async def _sweep_lag(deps: OperationsDeps, sweep: Sweep, now: datetime) -> int:
    oldest = await deps.lags.get_oldest_due(sweep, now)
    return 0 if oldest is None else max(0, _seconds(now - oldest))


async def _figures_lag(deps: OperationsDeps, now: datetime) -> int:
    """Age of the oldest of today's figures; of what was never counted, the time since the day began."""
    today: date = now.date()
    computed = await deps.metrics.list_computed(today, today)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return max(_seconds(now - computed.get((today, area), midnight)) for area in Area)


def _seconds(age: timedelta) -> int:
    return int(age.total_seconds())
