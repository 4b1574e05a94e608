"""Compares bookings, ledger and Stripe every hour, and applies the end of unpaid plans' grace."""

from typing import TYPE_CHECKING

from common.application.payments.subscription_sync import end_graces
from common.application.payments.verification import verify_payments
from common.runtime.schedule import create_schedule_handler

if TYPE_CHECKING:
    from collections.abc import Mapping

    from common.runtime.bootstrap import Container
    from common.runtime.budget import Budget

#: One booking takes a few calls to Stripe; a run must not begin one that it cannot end.
_SECONDS_PER_STEP = 10.0


async def work(container: "Container", budget: "Budget") -> "Mapping[str, int]":
    """One run, as far as its time goes."""
    lapsed = await end_graces(container.subscriptions)
    counts = await verify_payments(container.verification, has_time=lambda: budget.has_time(_SECONDS_PER_STEP))
    return {**counts, "PlansLapsed": lapsed}


handler = create_schedule_handler(work, service="verification-schedule")
