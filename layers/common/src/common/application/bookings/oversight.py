"""What staff see of all bookings."""

from collections.abc import Sequence
from datetime import datetime

from common.application.bookings.deps import BookingDeps
from common.domain.bookings.booking import Booking
from common.domain.bookings.ratings import Rating, RatingState
from common.domain.identity.permissions import Permission, may
from common.domain.identity.roles import Principal
from common.domain.shared.errors import Forbidden


async def list_disputes(
    deps: BookingDeps, staff: Principal, *, limit: int, after: tuple[datetime, str] | None
) -> Sequence[Booking]:
    """Open disputes, the longest waiting first; ``after`` is (opened at, booking id) of the last one seen.

    Raises:
        Forbidden: the caller is no operator.
    """
    if not may(staff, Permission.DECIDE_DISPUTES):
        raise Forbidden("Only operators decide disputes.")
    return await deps.bookings.list_disputed(limit=limit, after=after)


async def list_with_provider_away(
    deps: BookingDeps, staff: Principal, *, limit: int, after: tuple[datetime, str] | None
) -> Sequence[Booking]:
    """Bookings that lie ahead of suspended or closed providers, the soonest first; ``after`` is (start, id).

    Raises:
        Forbidden: the caller is no operator.
    """
    if not may(staff, Permission.SEE_ALL_BOOKINGS):
        raise Forbidden("Only operators see all bookings.")
    return await deps.bookings.list_provider_unavailable(limit=limit, after=after)


async def list_all_ratings(
    deps: BookingDeps, staff: Principal, *, state: RatingState | None, limit: int, before: str | None
) -> Sequence[Rating]:
    """Ratings of all bookings, newest first; ``before`` is the id of the last one seen.

    Raises:
        Forbidden: the caller is no moderator.
    """
    if not may(staff, Permission.MODERATE_CONTENT):
        raise Forbidden("Only moderators see all ratings.")
    return await deps.ratings.search(state=state, limit=limit, before=before)
