"""Every minute: publish committed events that nobody has published, and ask for operations whose process died."""

from collections.abc import Mapping

from common.application.payments.operations.leases import hand_over_abandoned
from common.application.shared.outbox import outbox_lag, sweep_outbox
from common.application.shared.together import together
from common.runtime.budget import Budget
from common.runtime.container.outbox import OutboxContainer
from common.runtime.needs import EVENTS
from common.runtime.observability import metrics
from common.runtime.schedule import create_schedule_handler


async def sweep(container: OutboxContainer, budget: Budget) -> Mapping[str, int]:
    """Publish what a crash or a dead queue left in the outbox, and events for what a crash left at Stripe's door.

    Neither waits for the other, nor ends with it.
    """
    lag, handed, swept = await together(
        outbox_lag(container.outbox_sweep),
        hand_over_abandoned(container.abandoned_operations, has_time=budget.has_time),
        sweep_outbox(container.outbox_sweep, has_time=budget.has_time),
    )
    metrics.count("OutboxLagSeconds", lag)
    return {"EventsSwept": handed + swept}


handler = create_schedule_handler(sweep, service="outbox-schedule", needs=(EVENTS,), container=OutboxContainer)
