"""Rating each other after the work: double-blind, one from each side."""

from collections.abc import Sequence
from typing import Protocol

from common.application.bookings.deps import BookingDeps
from common.application.bookings.rating_summaries import RATING_MODERATED
from common.application.ports.bookings.ratings import Ratings
from common.application.ports.bookings.repository import BookingRepository
from common.application.ports.shared.clock import Clock
from common.application.shared.booking_access import find_booking
from common.application.shared.own_matters import require_others_matter
from common.application.shared.publishing import publish_committed
from common.domain.bookings import state_machine
from common.domain.bookings.booking import ActorKind, Booking, ReviewState
from common.domain.bookings.ratings import Rating, RatingState
from common.domain.identity.permissions import Permission, may
from common.domain.identity.roles import Principal
from common.domain.shared.errors import Conflict, Forbidden, InvalidInput, NotFound, VersionConflict
from common.domain.shared.events import Event, Topic, new_event
from common.domain.shared.ids import new_id

_PARTIES = frozenset({ActorKind.CUSTOMER, ActorKind.PROVIDER})
_TRIES = 8


async def submit_rating(deps: BookingDeps, caller: Principal, booking_id: str, stars: int, text: str) -> Rating:
    """Rate the other side, or change one's rating while nobody sees it; the second of two publishes both.

    Args:
        deps: ports.
        caller: a party of the booking.
        booking_id: which.
        stars: 1 to 5.
        text: for the other side and, where a customer writes it, for everybody.

    Raises:
        NotFound: no such booking for the caller.
        Forbidden: the caller is no party.
        Conflict: the work was not done, or the time for ratings is over (``ratings_closed``).
    """
    booking, actor = await find_booking(deps, caller, booking_id)
    if actor.kind not in _PARTIES:
        raise Forbidden("Only the parties of a booking rate each other.")
    if booking.review is not ReviewState.OPEN:
        raise Conflict("Ratings of this booking are not open.", code="ratings_closed")
    now = deps.clock.now()
    rating = await deps.ratings.submit(
        Rating(
            id=new_id("rat", now),
            booking_id=booking.id,
            service_id=booking.service_id,
            provider_id=booking.provider_id,
            author_id=caller.user_id,
            author_kind=actor.kind,
            stars=stars,
            text=text,
            held_for=list(await deps.screen.reasons_to_hold(text)),
            created_at=now,
            updated_at=now,
        )
    )
    if not await _publish_if_complete(deps, booking):
        return rating
    return await deps.ratings.get(rating.id) or rating


async def list_ratings(deps: BookingDeps, caller: Principal, booking_id: str) -> Sequence[Rating]:
    """The booking's ratings that the caller may see: one's own, and the other side's once it is published.

    Raises:
        NotFound: no such booking for the caller.
    """
    _, actor = await find_booking(deps, caller, booking_id)
    return [
        rating
        for rating in await deps.ratings.list_by_booking(booking_id)
        if rating.state is RatingState.PUBLISHED or rating.author_kind is actor.kind or actor.kind is ActorKind.OPERATOR
    ]


async def reply_to_rating(deps: BookingDeps, caller: Principal, booking_id: str, rating_id: str, text: str) -> Rating:
    """The provider answers a customer's published rating; a second answer replaces the first.

    An answer is public at once, so one that a moderator would have to look at first is refused.

    Raises:
        InvalidInput: the text holds what the screen flags (``contact_details``, ``coarse_language``).
        NotFound: no such booking or published rating for the caller.
        Forbidden: the caller is not the provider.
    """
    _, actor = await find_booking(deps, caller, booking_id)
    if actor.kind is not ActorKind.PROVIDER:
        raise Forbidden("Only the provider replies to a rating.")
    if reasons := await deps.screen.reasons_to_hold(text):
        raise InvalidInput.of("reply", "Leave out contact details and coarse language.", reasons[0])
    rating = await deps.ratings.get(rating_id)
    replied = None
    if rating is not None and rating.booking_id == booking_id:
        replied = await deps.ratings.reply(rating_id, text, deps.clock.now())
    if replied is None:
        raise NotFound("There is no such published rating.")
    return replied


async def moderate_rating(deps: BookingDeps, caller: Principal, rating_id: str, *, hide: bool) -> Rating:
    """Take a published rating out of sight, or show it again, or one that was held; the summaries follow.

    Raises:
        Forbidden, NotFound: as ``decide_rating``.
    """
    rating, event = await decide_rating(deps, caller, rating_id, hide=hide)
    await publish_committed(deps.outbox, deps.publisher, [event], deps.clock)
    return rating


class DecidesRatings(Protocol):
    """Ports of deciding on ratings."""

    @property
    def ratings(self) -> Ratings:
        """Ratings."""
        ...

    @property
    def bookings(self) -> BookingRepository:
        """Bookings."""
        ...

    @property
    def clock(self) -> Clock:
        """The clock."""
        ...


async def decide_rating(deps: DecidesRatings, caller: Principal, rating_id: str, *, hide: bool) -> tuple[Rating, Event]:
    """Decide on a rating, in the present unit of work if there is one; the event is to be published after it.

    Raises:
        Forbidden: the caller is no moderator, or a party of the booking that was rated (``own_matter``).
        NotFound: no such rating that was published.
    """
    if not may(caller, Permission.MODERATE_CONTENT):
        raise Forbidden("Only moderators hide ratings.")
    known, now = await deps.ratings.get(rating_id), deps.clock.now()
    booking = await deps.bookings.get(known.booking_id) if known else None
    if booking is None:
        raise NotFound("There is no such published rating.")
    require_others_matter(caller, booking.customer_id, booking.provider_user_id)
    was_held = known is not None and known.state is RatingState.HELD
    event = new_event(Topic.NOTIFICATIONS, RATING_MODERATED, now, booking_id=booking.id, was_held=was_held)
    state = RatingState.MODERATED if hide else RatingState.PUBLISHED
    rating = await deps.ratings.set_state(rating_id, state, now, event)
    if rating is None:
        raise NotFound("There is no such published rating.")
    return rating, event


async def _publish_if_complete(deps: BookingDeps, booking: Booking) -> bool:
    """Publish once both sides have rated. The one that writes second sees both; if both do, one commit wins."""
    if {rating.author_kind for rating in await deps.ratings.list_by_booking(booking.id)} != _PARTIES:
        return False
    for _ in range(_TRIES):
        stored = await deps.bookings.get(booking.id)
        if stored is None or stored.review is not ReviewState.OPEN:
            break
        change = state_machine.perform(
            stored, state_machine.PUBLISH_RATINGS.name, state_machine.SYSTEM, None, deps.clock.now(), deps.settings
        )
        try:
            await deps.bookings.commit(change)
        except VersionConflict:
            continue
        await publish_committed(deps.outbox, deps.publisher, change.events, deps.clock)
        break
    return True
