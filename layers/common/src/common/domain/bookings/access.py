"""Who may see or touch a booking, and in which part: the one rule that every route asks."""

from common.domain.bookings.booking import Actor, ActorKind, Booking
from common.domain.identity.permissions import Permission, may
from common.domain.identity.roles import Principal


def part_in(booking: Booking, caller: Principal) -> Actor | None:
    """In which part a caller faces a booking: as a party first, then as an operator, else not at all.

    Other staff, administrators included, have no part in bookings.
    """
    if caller.user_id == booking.customer_id:
        return Actor(kind=ActorKind.CUSTOMER, id=caller.user_id)
    if caller.user_id == booking.provider_user_id:
        return Actor(kind=ActorKind.PROVIDER, id=caller.user_id)
    return Actor(kind=ActorKind.OPERATOR, id=caller.user_id) if may(caller, Permission.SEE_ALL_BOOKINGS) else None
