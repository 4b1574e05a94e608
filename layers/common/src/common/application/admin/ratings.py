"""Hiding and showing ratings, as moderators do it from their list."""

from common.application.admin.moderation.deps import ModerationDeps
from common.application.bookings.ratings import decide_rating
from common.application.shared.publishing import publish_committed
from common.application.shared.staff_acts import act_of_staff
from common.domain.bookings.ratings import Rating
from common.domain.identity.clients import ClientInfo
from common.domain.identity.roles import Principal
from common.domain.identity.security_events import SecurityEventType
from common.domain.moderation.items import ItemKind, Outcome
from common.domain.shared.events import Event


async def set_rating_shown(
    deps: ModerationDeps, staff: Principal, rating_id: str, client: ClientInfo, *, hide: bool, reason: str
) -> Rating:
    """Take a rating out of sight or show it; what waits about it in the queue is decided by it.

    Raises:
        Forbidden, NotFound: as ``decide_rating``.
    """

    async def write() -> tuple[Rating, Event]:
        before = await deps.ratings.get(rating_id)
        rating, event = await decide_rating(deps, staff, rating_id, hide=hide)
        await deps.moderation.decide(ItemKind.RATING, rating.id)
        about = {
            "kind": ItemKind.RATING.value,
            "subject": rating.id,
            "outcome": (Outcome.HIDE if hide else Outcome.RESTORE).value,
            "before": before.state.value if before else "",
            "after": rating.state.value,
        }
        type_, now = SecurityEventType.CONTENT_DECIDED, deps.clock.now()
        await deps.log.insert(act_of_staff(staff, type_, client, now, user_id=rating.author_id, reason=reason, **about))
        return rating, event

    rating, event = await deps.unit_of_work.run(write)
    await publish_committed(deps.outbox, deps.publisher, [event], deps.clock)
    return rating
