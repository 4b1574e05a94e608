"""Every minute: do what is due of job requests and offers."""

from collections.abc import Mapping

from common.application.matching.due import sweep_due
from common.runtime.budget import Budget
from common.runtime.container.matching import MatchingContainer
from common.runtime.needs import EVENTS
from common.runtime.schedule import create_schedule_handler


async def sweep(container: MatchingContainer, budget: Budget) -> Mapping[str, int]:
    """Do what is due, batch by batch."""
    counts = await sweep_due(container.matching, has_time=lambda: budget.has_time(5.0))
    return {f"Matching{action.title().replace('_', '')}": count for action, count in counts.items()}


handler = create_schedule_handler(sweep, service="matching-schedule", needs=(EVENTS,), container=MatchingContainer)
