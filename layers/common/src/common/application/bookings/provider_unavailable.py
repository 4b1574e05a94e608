"""What a suspension, a restoration or a departure of a provider means for their open bookings."""

from common.application.bookings.deps import BookingDeps
from common.application.ports.bookings.repository import BookingQuery
from common.application.shared.booking_access import find_booking
from common.application.shared.publishing import publish_committed
from common.domain.bookings import state_machine
from common.domain.bookings.booking import Actor, ActorKind, Booking, BookingStatus
from common.domain.bookings.groups import AHEAD
from common.domain.identity.roles import Principal
from common.domain.shared.errors import Unavailable, VersionConflict

_PAGE = 50
_TRIES = 8


async def is_provider_unavailable(deps: BookingDeps, provider_user_id: str) -> bool:
    """Whether a provider cannot come, because their account is suspended or closed."""
    user = await deps.users.get(provider_user_id)
    return user is not None and not user.is_usable


async def find_present_booking(deps: BookingDeps, caller: Principal, booking_id: str) -> tuple[Booking, Actor]:
    """A booking and the caller's part in it, with what its provider's account says now where a customer pays by it.

    A suspension is written to bookings by a worker; what is shown meanwhile is what an action would cost.

    Raises:
        NotFound: there is none, or it is none of the caller's business; even its existence is private.
    """
    booking, actor = await find_booking(deps, caller, booking_id)
    if not _pays_by_account(booking, actor):
        return booking, actor
    is_unavailable = await is_provider_unavailable(deps, booking.provider_user_id)
    if (booking.provider_away_since is not None) is not is_unavailable:
        booking = booking.model_copy(update={"provider_away_since": deps.clock.now() if is_unavailable else None})
    return booking, actor


async def apply_account_status(deps: BookingDeps, booking: Booking, actor: Actor) -> Booking:
    """The booking with what its provider's account says now written to it, where the caller pays by it.

    A fee is taken, or not, on what the booking says, so that its history tells why and both parties hear of it.

    Raises:
        Unavailable: as for ``apply_to_booking``.
    """
    if not _pays_by_account(booking, actor):
        return booking
    is_unavailable = await is_provider_unavailable(deps, booking.provider_user_id)
    return await apply_to_booking(deps, booking, is_unavailable=is_unavailable)


def _pays_by_account(booking: Booking, actor: Actor) -> bool:
    return actor.kind is ActorKind.CUSTOMER and booking.status is BookingStatus.ACCEPTED


async def apply_to_open_bookings(deps: BookingDeps, provider_id: str) -> int:
    """Bring all bookings that lie ahead of a provider in line with their account as it is now. Safe to repeat.

    The account is read again at the end: of a suspension and a restoration that are followed at once, the last stays.

    Returns:
        How many bookings were changed.

    Raises:
        Unavailable: the database is unavailable or a booking kept changing; the event must be delivered again.
    """
    provider = await deps.providers.get(provider_id)
    if provider is None:
        return 0
    changed = 0
    for _ in range(_TRIES):
        is_unavailable = await is_provider_unavailable(deps, provider.user_id)
        changed += await _apply_to_all(deps, provider_id, is_unavailable=is_unavailable)
        if await is_provider_unavailable(deps, provider.user_id) is is_unavailable:
            return changed
    raise Unavailable("The provider's account keeps changing.", retry_after=1)


async def apply_to_booking(deps: BookingDeps, booking: Booking, *, is_unavailable: bool) -> Booking:
    """Bring one booking in line with its provider's account; returns it as it is now.

    Raises:
        Unavailable: the booking kept changing, or the database is unavailable.
    """
    current: Booking | None = booking
    for _ in range(_TRIES):
        if current is None:
            return booking
        change = state_machine.apply_provider_unavailable(
            current, is_unavailable=is_unavailable, now=deps.clock.now(), settings=deps.settings
        )
        if change is None:
            return current
        try:
            await deps.bookings.commit(change)
        except VersionConflict:
            current = await deps.bookings.get(booking.id)
            continue
        await publish_committed(deps.outbox, deps.publisher, change.events, deps.clock)
        return change.booking
    raise Unavailable("The booking is being changed by others.", retry_after=1)


async def _apply_to_all(deps: BookingDeps, provider_id: str, *, is_unavailable: bool) -> int:
    query = BookingQuery(provider_id=provider_id, statuses=AHEAD, soonest_first=True)
    changed, after = 0, None
    while page := await deps.bookings.search(query, limit=_PAGE, after=after):
        for booking in page:
            current = await apply_to_booking(deps, booking, is_unavailable=is_unavailable)
            changed += current.version != booking.version
        after = (page[-1].slot.start_at, page[-1].id)
    return changed
