"""Compares bookings, ledger and Stripe every quarter of an hour, and applies the end of unpaid plans' grace."""

from collections.abc import Mapping

from common.application.payments.reconciliation.run import reconcile_payments, reconciliation_lag
from common.application.payments.subscriptions.sync import end_graces
from common.domain.shared.errors import Unavailable
from common.runtime.budget import Budget
from common.runtime.container.payments import PaymentContainer
from common.runtime.needs import EVENTS, STRIPE, STRIPE_EVENTS
from common.runtime.observability import metrics
from common.runtime.schedule import create_schedule_handler

#: A few bookings at once take a few calls to Stripe each; a run must not begin what it cannot end.
_SECONDS_PER_STEP = 40.0


async def work(container: PaymentContainer, budget: Budget) -> Mapping[str, int]:
    """One run, as far as its time goes."""
    lapsed, faults = 0, list[Exception]()
    counts: Mapping[str, int] = {}
    try:
        lapsed = await end_graces(container.subscriptions)
    except Unavailable:
        raise
    except Exception as fault:  # noqa: BLE001 - what plans meet must not stop the comparison; it is raised after it
        faults.append(fault)
    try:
        counts = await reconcile_payments(container.reconciliation, has_time=lambda: budget.has_time(_SECONDS_PER_STEP))
    except Unavailable:
        # Nor could the lag be read; the alarm counts a missing value as one that is too high.
        raise
    except Exception as fault:  # noqa: BLE001 - how far behind it is counts all the more; it is raised after that
        faults.append(fault)
    metrics.count("ReconciliationLagSeconds", await reconciliation_lag(container.reconciliation))
    if faults:
        raise faults[-1]
    return {**counts, "PlansLapsed": lapsed}


handler = create_schedule_handler(
    work, service="reconciliation-schedule", needs=(EVENTS, STRIPE, STRIPE_EVENTS), container=PaymentContainer
)
