"""Every five minutes: remove what has expired."""

from collections.abc import Mapping

from common.application.shared.cleanup import remove_expired
from common.runtime.budget import Budget
from common.runtime.container.bootstrap import Container
from common.runtime.schedule import create_schedule_handler


async def clean_up(container: Container, budget: Budget) -> Mapping[str, int]:
    """Remove expired holds, links, sessions, intents and keys, in bounded batches."""
    return await remove_expired(container.cleanup, has_time=budget.has_time)


handler = create_schedule_handler(clean_up, service="cleanup-schedule", needs=())
