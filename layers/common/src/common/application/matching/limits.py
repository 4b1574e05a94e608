"""How many requests a customer may make, and have under way."""

from datetime import timedelta

from common.application.matching.deps import MatchingDeps
from common.domain.matching.job_requests import LIVE
from common.domain.shared.errors import Conflict, RateLimited

_DAY = timedelta(days=1)


async def require_room(deps: MatchingDeps, customer_id: str) -> None:
    """Refuse a new request that is one too many, inside the unit of work that stores it.

    Of several at the same time the later ones wait, and count those before them.

    Raises:
        NotFound: the account was deleted.
        RateLimited: as many were made within a day as may be.
        Conflict: as many are under way as may be (``too_many_live_requests``).
    """
    await require_live_room(deps, customer_id)
    now, most = deps.clock.now(), deps.settings.requests_per_day
    if await deps.requests.count(customer_id, since=now - _DAY, most=most) < most:
        return
    newest = await deps.requests.list_by_customer(customer_id, statuses=(), limit=most, before=None)
    wait = min(each.created_at for each in newest) + _DAY - now
    raise RateLimited(f"You can make {most} job requests a day.", retry_after=int(wait.total_seconds()) + 1, limit=most)


async def require_live_room(deps: MatchingDeps, customer_id: str) -> None:
    """Refuse a request that would be under way with as many others as may be, inside the unit of work.

    Raises:
        NotFound: the account was deleted.
        Conflict: ``too_many_live_requests``.
    """
    await deps.users.touch(customer_id)
    most = deps.settings.live_requests
    if await deps.requests.count(customer_id, statuses=tuple(LIVE), most=most) >= most:
        raise Conflict(
            f"You have {most} job requests under way. Cancel one, or wait for one to end.",
            code="too_many_live_requests",
        )
