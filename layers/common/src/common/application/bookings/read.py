"""What a caller sees of bookings: the booking, the caller's part in it, and what the caller may do now."""

from collections.abc import Sequence
from datetime import datetime

from common.application.bookings.deps import BookingDeps
from common.application.bookings.provider_unavailable import find_present_booking
from common.application.ports.bookings.repository import BookingQuery
from common.application.shared.booking_access import find_booking
from common.domain.bookings import state_machine
from common.domain.bookings.booking import Actor, ActorKind, Booking, BookingStatus, HistoryEntry
from common.domain.bookings.disclosure import entry_seen_by, is_disclosed, seen_by
from common.domain.bookings.groups import PAST, UPCOMING, StatusGroup
from common.domain.identity.roles import Principal
from common.domain.shared.errors import Forbidden, InvalidInput
from common.domain.shared.model import Model


class Contact(Model):
    """How the parties of an accepted booking reach each other."""

    name: str
    phone_number: str | None = None
    email: str | None = None


class VisibleBooking(Model):
    """A booking as one actor may see it now (``common.domain.bookings.disclosure``).

    ``contact`` is the other party's, where that is disclosed.
    """

    booking: Booking
    actor: Actor
    actions: list[state_machine.AvailableAction]
    contact: Contact | None = None


def view(deps: BookingDeps, booking: Booking, actor: Actor) -> VisibleBooking:
    """What the actor may see of the booking and do with it now; reads nothing."""
    return _view_at(deps, booking, actor, deps.clock.now())


def _view_at(deps: BookingDeps, booking: Booking, actor: Actor, now: datetime) -> VisibleBooking:
    actions = state_machine.get_available_booking_actions(booking, actor, now, deps.settings)
    return VisibleBooking(booking=seen_by(booking, actor.kind, now, deps.settings), actor=actor, actions=actions)


def changed_fee(deps: BookingDeps, seen: VisibleBooking) -> int | None:
    """The fee of cancelling that the view shows, where its version alone does not say it."""
    return state_machine.fee_since(seen.booking, seen.actor, deps.clock.now(), deps.settings)


async def get_booking(deps: BookingDeps, caller: Principal, booking_id: str) -> VisibleBooking:
    """One booking with its actions and, once accepted, the other party's contact.

    Raises:
        NotFound: as for ``find_booking``.
    """
    booking, actor = await find_present_booking(deps, caller, booking_id)
    return await with_contact(deps, view(deps, booking, actor))


async def with_contact(deps: BookingDeps, seen: VisibleBooking) -> VisibleBooking:
    """Add the other party's contact, where that is disclosed."""
    booking = seen.booking
    if not is_disclosed(booking, deps.clock.now(), deps.settings):
        return seen
    other_id = {ActorKind.CUSTOMER: booking.provider_user_id, ActorKind.PROVIDER: booking.customer_id}
    other = await deps.users.get(other_id[seen.actor.kind]) if seen.actor.kind in other_id else None
    if other is None or other.deleted_at is not None:
        return seen
    contact = Contact(name=other.full_name, phone_number=other.phone_number, email=other.email)
    return seen.model_copy(update={"contact": contact})


async def list_bookings(
    deps: BookingDeps,
    caller: Principal,
    *,
    role: ActorKind,
    group: StatusGroup | None,
    statuses: Sequence[BookingStatus],
    starts_from: datetime | None,
    starts_before: datetime | None,
    limit: int,
    after: tuple[datetime, str] | None,
) -> list[VisibleBooking]:
    """The caller's own bookings in one part, with the actions of each and without a query for each.

    Args:
        deps: ports.
        caller: whose bookings.
        role: ``customer`` or ``provider``.
        group: ``upcoming`` (soonest first), ``needs_action`` (soonest first) or ``past`` (latest first).
        statuses: only these; all of the group's by default.
        starts_from: earliest start, inclusive.
        starts_before: latest start, exclusive.
        limit: how many at most.
        after: (start, id) of the last one seen.

    Raises:
        Forbidden: the caller is no provider and asks for a provider's bookings.
        InvalidInput: the period ends before it begins.
    """
    if starts_from is not None and starts_before is not None and starts_before <= starts_from:
        raise InvalidInput.of("to", "The end must come after the start.", "end_before_start")
    as_provider = role is ActorKind.PROVIDER
    if as_provider and caller.provider_id is None:
        raise Forbidden("You are not a provider.")
    query = BookingQuery(
        customer_id=None if as_provider else caller.user_id,
        provider_id=caller.provider_id if as_provider else None,
        statuses=_statuses(group, statuses),
        awaiting=role if group is StatusGroup.NEEDS_ACTION else None,
        starts_from=starts_from,
        starts_before=starts_before,
        soonest_first=group in {StatusGroup.UPCOMING, StatusGroup.NEEDS_ACTION},
    )
    found = await deps.bookings.search(query, limit=limit, after=after)
    actor = Actor(kind=role, id=caller.user_id)
    now = deps.clock.now()
    return [_view_at(deps, booking, actor, now) for booking in found]


async def get_history(
    deps: BookingDeps, caller: Principal, booking_id: str, *, limit: int, after_version: int
) -> Sequence[HistoryEntry]:
    """The booking's audit trail, oldest first, from after a version on.

    Raises:
        NotFound: as for ``find_booking``.
    """
    booking, actor = await find_booking(deps, caller, booking_id)
    entries = await deps.bookings.list_history(booking_id, limit=limit, after_version=after_version)
    now = deps.clock.now()
    return [entry_seen_by(each, booking, actor.kind, now, deps.settings) for each in entries]


def _statuses(group: StatusGroup | None, wanted: Sequence[BookingStatus]) -> tuple[BookingStatus, ...]:
    whole = {StatusGroup.UPCOMING: UPCOMING, StatusGroup.PAST: PAST}.get(group) if group else None
    if whole is None or not wanted:
        return tuple(wanted) if whole is None else whole
    return tuple(status for status in whole if status in wanted)
