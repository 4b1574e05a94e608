"""How far the comparison with Stripe is behind is measured once, whatever went wrong in the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from common.domain.shared.errors import Unavailable
from common.runtime.budget import Budget
from common.runtime.observability import metrics

from functions.payments import reconciliation_schedule as schedule

if TYPE_CHECKING:
    from collections.abc import Callable


class Parts:
    subscriptions = reconciliation = None


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    found: list[float] = []

    async def lag(_: Any) -> float:
        return 7.0

    monkeypatch.setattr(schedule, "reconciliation_lag", lag)
    monkeypatch.setattr(metrics, "count", lambda _, value: found.append(value))
    return found


def ending(outcome: Any) -> Callable[..., Any]:
    async def step(*_: Any, **__: Any) -> Any:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return step


@pytest.mark.parametrize(
    ("plans", "comparison", "raised", "times"),
    [
        (2, {"BookingsReconciled": 3}, None, 1),
        (KeyError("plans"), {}, KeyError, 1),
        (2, RuntimeError("comparison"), RuntimeError, 1),
        (KeyError("plans"), RuntimeError("comparison"), RuntimeError, 1),
        (2, Unavailable("database"), Unavailable, 0),
        (Unavailable("database"), {}, Unavailable, 0),
    ],
)
async def test_the_lag_is_measured_unless_the_database_is_unavailable(
    plans: Any,
    comparison: Any,
    raised: type[Exception] | None,
    times: int,
    measured: list[float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(schedule, "end_graces", ending(plans))
    monkeypatch.setattr(schedule, "reconcile_payments", ending(comparison))
    parts: Any = Parts()
    budget: Any = Budget.__new__(Budget)
    if raised is None:
        assert await schedule.work(parts, budget) == {"BookingsReconciled": 3, "PlansLapsed": 2}
    else:
        with pytest.raises(raised):
            await schedule.work(parts, budget)
    assert measured == [7.0] * times
