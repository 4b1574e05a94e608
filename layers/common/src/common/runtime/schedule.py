"""Schedule handlers: bounded work that may stop early, because the next firing goes on where it stopped."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from common.adapters.mongo.shared.database import database_failures
from common.domain.shared.errors import Unavailable
from common.runtime.budget import Budget
from common.runtime.handlers import LambdaHandler, Needs
from common.runtime.observability import metrics
from common.runtime.observability.logging import get_logger
from common.runtime.workers import C, make_handler

ScheduledWork = Callable[[C, Budget], Awaitable[Mapping[str, int]]]


def create_schedule_handler(work: ScheduledWork[C], *, service: str, needs: Needs, container: type[C]) -> LambdaHandler:
    """Make the Lambda handler of a schedule.

    Args:
        work: ``async def work(container, budget)``; does bounded steps while ``budget.has_time()``, and returns what
            it counted, by metric name (``{"EventsPublished": 3}``).
        service: the function's name.
        needs: the groups of settings it does not start without.
        container: the class of what it is made of.
    """

    async def fire(container: C, _: Any, budget: Budget) -> dict[str, int]:
        return await run_scheduled(work, container, budget)

    return make_handler(fire, service=service, needs=needs, container=container)


async def run_scheduled(work: ScheduledWork[C], container: C, budget: Budget) -> dict[str, int]:
    """Do one firing and count what it did.

    Raises:
        Unavailable: the database is unavailable, or a step did not end in time (``OutOfTime``); the firing counts as
            failed and the next one tries again.
    """
    try:
        with database_failures():
            async with budget.bounded():
                counts = dict(await work(container, budget))
    except Unavailable as error:
        container.note_failure(error.__cause__ or error)
        raise
    done = {name: count for name, count in counts.items() if count}
    for name, count in done.items():
        metrics.count(name, count)
    if done:
        get_logger().info("Scheduled work done", extra={"counts": done})
    return counts
