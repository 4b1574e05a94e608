"""Bookings in people's own calendars: a file for one booking, and a private feed for a provider."""

from datetime import timedelta

from common.application.bookings.access import find_booking
from common.application.bookings.deps import BookingDeps
from common.application.ports.bookings import BookingQuery
from common.domain.booking_groups import UPCOMING
from common.domain.bookings import ActorKind
from common.domain.disclosure import seen_by
from common.domain.errors import Forbidden, NotFound
from common.domain.icalendar import to_calendar
from common.domain.opaque_tokens import digest, new_token
from common.domain.roles import Principal

_SHOWN_BACK = timedelta(days=30)
_MOST_ENTRIES = 500


async def booking_calendar(deps: BookingDeps, caller: Principal, booking_id: str) -> str:
    """One booking as an iCalendar file.

    Raises:
        NotFound: no such booking for the caller.
    """
    booking, actor = await find_booking(deps, caller, booking_id)
    now = deps.clock.now()
    return to_calendar([seen_by(booking, actor.kind, now, deps.settings)], now)


async def open_feed(deps: BookingDeps, caller: Principal) -> str:
    """Make the private token of the caller's feed; an earlier one stops working.

    Raises:
        Forbidden: the caller is no provider.
    """
    if caller.provider_id is None:
        raise Forbidden("You are not a provider.")
    token = new_token()
    await deps.feeds.put(caller.provider_id, digest(token), deps.clock.now())
    return token


async def close_feed(deps: BookingDeps, caller: Principal) -> None:
    """End the caller's feed, where there is one."""
    if caller.provider_id is not None:
        await deps.feeds.remove(caller.provider_id)


async def read_feed(deps: BookingDeps, token: str) -> str:
    """A provider's bookings of the last month and of all time to come, for whoever has the token.

    It tells no more of customers than the provider's calendar needs (see ``to_calendar``).

    Raises:
        NotFound: no feed has this token, or its provider is suspended or gone.
    """
    provider_id = await deps.feeds.provider_of(digest(token))
    provider = await deps.providers.get(provider_id) if provider_id else None
    owner = await deps.users.get(provider.user_id) if provider else None
    if provider_id is None or owner is None or not owner.is_active or owner.deleted_at is not None:
        raise NotFound("There is no such calendar feed.")
    now = deps.clock.now()
    query = BookingQuery(provider_id=provider_id, statuses=UPCOMING, starts_from=now - _SHOWN_BACK, soonest_first=True)
    found = await deps.bookings.list_for(query, limit=_MOST_ENTRIES)
    shown = [seen_by(booking, ActorKind.PROVIDER, now, deps.settings) for booking in found]
    return to_calendar(shown, now, is_feed=True)
