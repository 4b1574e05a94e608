"""Finding a booking for a caller; to anyone who is no party of it, it does not exist."""

from typing import Protocol

from common.application.ports.bookings.repository import BookingRepository
from common.application.shared.own_matters import require_others_matter
from common.domain.bookings.access import part_in
from common.domain.bookings.booking import Actor, ActorKind, Booking
from common.domain.identity.permissions import Permission, refuse_withheld
from common.domain.identity.roles import Principal
from common.domain.shared.errors import Forbidden, NotFound


class ReadsBookings(Protocol):
    """Ports with the bookings among them."""

    @property
    def bookings(self) -> BookingRepository:
        """Bookings."""
        ...


async def find_booking(
    deps: ReadsBookings, caller: Principal, booking_id: str, known: Booking | None = None
) -> tuple[Booking, Actor]:
    """A booking and the caller's part in it.

    Args:
        deps: ports.
        caller: who asks.
        booking_id: for which.
        known: the booking, where it has just been read.

    Raises:
        NotFound: there is none, or it is none of the caller's business; even its existence is private.
        Forbidden: the caller is an operator who has not used a second factor (``staff_factor_required``).
    """
    booking = known or await deps.bookings.get(booking_id)
    actor = part_in(booking, caller) if booking else None
    if booking is None or actor is None:
        refuse_withheld(caller, Permission.SEE_ALL_BOOKINGS)
        raise NotFound("There is no such booking.")
    return booking, actor


async def find_booking_as(deps: ReadsBookings, caller: Principal, booking_id: str, kind: ActorKind) -> Booking:
    """A booking that the caller has one part in, for what only that part may do.

    Raises:
        NotFound: as for ``find_booking``.
        Forbidden: the caller has another part in it; an operator who is a party is told ``own_matter``.
    """
    booking, actor = await find_booking(deps, caller, booking_id)
    if kind is ActorKind.OPERATOR:
        require_others_matter(caller, booking.customer_id, booking.provider_user_id)
    if actor.kind is not kind:
        raise Forbidden(f"Only the {kind.value} of a booking may do this.")
    return booking
