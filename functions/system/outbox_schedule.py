"""Every minute: publish committed events that nobody has published."""

from collections.abc import Mapping

from common.application.shared.outbox import sweep_outbox
from common.runtime.budget import Budget
from common.runtime.container.bootstrap import Container
from common.runtime.needs import EVENTS
from common.runtime.schedule import create_schedule_handler


async def sweep(container: Container, budget: Budget) -> Mapping[str, int]:
    """Publish what a crash or a dead queue left in the outbox."""
    return {"EventsSwept": await sweep_outbox(container.outbox_sweep, has_time=budget.has_time)}


handler = create_schedule_handler(sweep, service="outbox-schedule", needs=(EVENTS,))
