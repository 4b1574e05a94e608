"""On which clock somebody reads what happened to their account, which happened at no place of ours."""

from common.application.notifications.deps import DeliveryDeps
from common.application.ports.bookings.repository import BookingQuery
from common.domain.identity.users import User
from common.domain.search.places import zone_of

#: Its abbreviation stands beside every instant.
_UNKNOWN = "UTC"


async def zone_of_reader(deps: DeliveryDeps, user: User | None) -> str:
    """The IANA zone of somebody.

    Of their quiet hours, which they chose themselves; of where they offer services; of their latest booking; of the
    country of their address; UTC, where nothing is known.

    Args:
        deps: ports.
        user: who reads; nobody we know without.
    """
    if user is None:
        return _UNKNOWN
    quiet_hours = (await deps.preferences.get(user.id)).quiet_hours
    if quiet_hours is not None:
        return quiet_hours.timezone
    provider = await deps.providers.get(user.provider_id) if user.provider_id else None
    if provider is not None:
        return provider.timezone
    booked = await deps.bookings.search(BookingQuery(customer_id=user.id), limit=1)
    if booked:
        return booked[0].slot.timezone
    return zone_of(user.address.country, "") if user.address and user.address.country else _UNKNOWN
