"""Bookings in people's own calendars: a file for one booking, and a private feed for each part somebody has."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from common.application.bookings.deps import BookingDeps
from common.application.ports.bookings.repository import BookingQuery
from common.application.shared.booking_access import find_booking
from common.domain.bookings.booking import ActorKind, BookingStatus
from common.domain.bookings.disclosure import seen_by
from common.domain.bookings.groups import UPCOMING
from common.domain.identity.roles import Principal
from common.domain.scheduling.own_time import ManualBooking
from common.domain.shared.errors import Forbidden, NotFound
from common.domain.shared.opaque_tokens import digest, new_token

#: How an account's id begins; a feed belongs to an account or to a provider's profile.
_USER = "usr_"
_SHOWN_BACK = timedelta(days=30)
_MOST_ENTRIES = 500
#: What may still happen, and what was done; what was declined, cancelled or left to lapse is in nobody's calendar.
_SHOWN = (
    *UPCOMING,
    BookingStatus.COMPLETED,
    BookingStatus.NO_SHOW,
    BookingStatus.DISPUTED,
    BookingStatus.SETTLED,
)


async def booking_calendar(deps: BookingDeps, caller: Principal, booking_id: str) -> str:
    """One booking as an iCalendar file.

    Raises:
        NotFound: no such booking for the caller.
    """
    booking, actor = await find_booking(deps, caller, booking_id)
    now = deps.clock.now()
    return deps.calendar_writer.write([seen_by(booking, actor.kind, now, deps.settings)], now)


async def open_feed(deps: BookingDeps, caller: Principal, part: ActorKind) -> str:
    """Make the private token of the caller's feed in one part; an earlier one of that part stops working.

    Raises:
        Forbidden: the caller is no provider and asks for a provider's.
    """
    token = new_token()
    await deps.feeds.save(_owner(caller, part), digest(token), deps.clock.now())
    return token


async def close_feed(deps: BookingDeps, caller: Principal, part: ActorKind) -> None:
    """End the caller's feed in one part, where there is one.

    Raises:
        Forbidden: as for ``open_feed``.
    """
    await deps.feeds.delete_by_owner(_owner(caller, part))


async def read_feed(deps: BookingDeps, token: str) -> str:
    """Somebody's bookings of the last month and of all time to come in one part, for anyone who has the token.

    It tells no more of customers than the provider's calendar needs (see ``CalendarWriter``).

    Raises:
        NotFound: no feed has this token, or its owner is suspended or gone.
    """
    owner_id = await deps.feeds.find_owner(digest(token))
    if owner_id is None:
        raise _no_feed()
    is_customer = owner_id.startswith(_USER)
    provider = None if is_customer else await deps.providers.get(owner_id)
    user_id = owner_id if is_customer else provider.user_id if provider else ""
    owner = await deps.users.get(user_id)
    if owner is None or not owner.is_usable:
        raise _no_feed()
    now = deps.clock.now()
    query = BookingQuery(
        customer_id=owner_id if is_customer else None,
        provider_id=None if is_customer else owner_id,
        statuses=_SHOWN,
        starts_from=now - _SHOWN_BACK,
        soonest_first=True,
    )
    found = await deps.bookings.search(query, limit=_MOST_ENTRIES)
    part = ActorKind.CUSTOMER if is_customer else ActorKind.PROVIDER
    entered = [] if is_customer else await _entered(deps, owner_id, now)
    shown = [seen_by(booking, part, now, deps.settings) for booking in found]
    return deps.calendar_writer.write(shown, now, is_feed=True, manual_bookings=entered)


async def _entered(deps: BookingDeps, provider_id: str, now: datetime) -> Sequence[ManualBooking]:
    return await deps.manual_bookings.list_by_provider(
        provider_id, ends_after=now - _SHOWN_BACK, starts_before=None, limit=_MOST_ENTRIES
    )


def _owner(caller: Principal, part: ActorKind) -> str:
    """Whose feed it is: the account's as a customer, or the provider's profile's."""
    if part is ActorKind.CUSTOMER:
        return caller.user_id
    if caller.provider_id is None:
        raise Forbidden("You are not a provider.")
    return caller.provider_id


def _no_feed() -> NotFound:
    return NotFound("There is no such calendar feed.")
