"""Counting what has changed of listings since the last time."""

from collections.abc import Callable

from common.application.ports.search.listings import FacetChanges
from common.application.ports.shared.clock import Clock


async def fold_facets(changes: FacetChanges, clock: Clock, *, has_time: Callable[[], bool]) -> int:
    """Add changes to the counters of facets, in steps; what there is no time for waits for the next run.

    Args:
        changes: port.
        clock: port.
        has_time: asked before each step.

    Returns:
        How many changes were counted.
    """
    total = 0
    while has_time():
        counted = await changes.fold(clock.now())
        if counted is None:
            break
        total += counted
    return total
