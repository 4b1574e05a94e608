"""What who runs the product sees of it."""

from typing import Annotated, Literal, Self

from common.application.admin.operations import (
    MOST_DISCREPANCIES,
    Lag,
    Operations,
    QueueState,
    Verdict,
    breakers_verdict,
    count_verdict,
)
from common.application.ports.admin.operations import BreakerState
from common.application.ports.admin.queues import Moved
from common.runtime.http.schemas import Instant, ResponseModel
from pydantic import Field


class QueueView(ResponseModel):
    """A queue: messages that wait, that are being worked on, and that failed for good; `null` without an answer."""

    name: str
    verdict: Verdict
    waiting: int | None
    in_flight: int | None
    dead: int | None

    @classmethod
    def of(cls, queue: QueueState) -> Self:
        """The view of a queue."""
        waiting, in_flight, dead = queue.depth or (None, None, None)
        return cls(name=queue.name, verdict=queue.verdict, waiting=waiting, in_flight=in_flight, dead=dead)


class LagView(ResponseModel):
    """How many seconds something is behind; `null` without an answer, and before its first turn (`pending`)."""

    name: str
    verdict: Verdict
    seconds: int | None

    @classmethod
    def of(cls, lag: Lag) -> Self:
        """The view of a lag."""
        return cls.model_validate(lag)


class BreakerView(ResponseModel):
    """A circuit breaker of a service outside; an open one lets a single call through at a time, to try."""

    name: str
    state: Literal["closed", "open"]
    opened_at: Instant | None
    failures: Annotated[int, Field(description="Of late")]

    @classmethod
    def of(cls, breaker: BreakerState) -> Self:
        """The view of a breaker."""
        return cls(**breaker._asdict(), state="open" if breaker.opened_at else "closed")


class BreakersView(ResponseModel):
    """The breakers that were ever needed; `null` without an answer."""

    verdict: Verdict
    items: list[BreakerView] | None


class DiscrepancyCountView(ResponseModel):
    """Differences between our books and Stripe's that nobody has cleared; with `is_capped` there are more."""

    verdict: Verdict
    count: int | None
    is_capped: bool
    href: str


class OperationsView(ResponseModel):
    """How everything that runs by itself does. Each part was asked on its own; a silent one is `unknown`.

    What else there is to do about it is done on the command line, as the runbook says.
    """

    verdict: Verdict
    checked_at: Instant
    queues: list[QueueView]
    outbox: LagView
    sweeps: list[LagView]
    reconciliation: LagView
    figures: LagView
    breakers: BreakersView
    discrepancies: DiscrepancyCountView

    @classmethod
    def of(cls, seen: Operations) -> Self:
        """The view of everything."""
        breakers = None if seen.breakers is None else [BreakerView.of(each) for each in seen.breakers]
        return cls(
            verdict=seen.verdict,
            checked_at=seen.checked_at,
            queues=[QueueView.of(each) for each in seen.queues],
            outbox=LagView.of(seen.outbox),
            sweeps=[LagView.of(each) for each in seen.sweeps],
            reconciliation=LagView.of(seen.reconciliation),
            figures=LagView.of(seen.figures),
            breakers=BreakersView(verdict=breakers_verdict(seen.breakers), items=breakers),
            discrepancies=DiscrepancyCountView(
                verdict=count_verdict(seen.discrepancies),
                count=seen.discrepancies,
                is_capped=(seen.discrepancies or 0) >= MOST_DISCREPANCIES,
                href="/v1/admin/payment-discrepancies",
            ),
        )


class MovedView(ResponseModel):
    """How many dead letters went to work again; without `is_all` some may be left: ask once more."""

    moved: int
    is_all: bool

    @classmethod
    def of(cls, moved: Moved) -> Self:
        """The view of what was moved."""
        return cls(moved=moved.number, is_all=moved.is_all)
