"""Performing an action on a booking."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from common.application.bookings.deps import BookingDeps
from common.application.bookings.provider_unavailable import apply_account_status
from common.application.bookings.read import VisibleBooking, view, with_contact
from common.application.scheduling.occupancy import check_slot
from common.application.shared.booking_access import find_booking, find_booking_as
from common.application.shared.publishing import publish_committed
from common.application.shared.together import together
from common.domain.bookings import state_machine
from common.domain.bookings.booking import Actor, ActorKind, Booking, BookingChange
from common.domain.identity.roles import Principal
from common.domain.shared.errors import NotFound, RateLimited, SlotUnavailable, Unavailable, VersionConflict

#: Each try decides anew on the booking as it is then.
_TRIES = 8


async def perform_action(
    deps: BookingDeps,
    caller: Principal,
    booking_id: str,
    action: str,
    input_: Mapping[str, Any] | None,
    *,
    expected_version: int | None = None,
    seen_fee: int | None = None,
    known: Booking | None = None,
) -> VisibleBooking:
    """Perform an action as the caller, in the caller's role in the booking.

    A booking that changes meanwhile is read and judged again, so the loser of a race is refused by the rules and told
    the present state; with ``expected_version`` it is refused at once. What a critical action costs has to be agreed
    to: by ``accepted_fee`` in the input, or by the version that was read, with the fee that was shown beside it.
    ``known`` is the booking where it has just been read; the first try decides on it, and its commit finds out whether
    it is still so.

    Raises:
        NotFound: no such booking for the caller, or no such action.
        Forbidden, ActionNotAvailable, InvalidInput, SlotUnavailable: as the state machine rules; what the state or
            the calendar forbids comes with the booking's present state.
        FeeNotAccepted: a critical action's fee was not agreed to, or is another one by now.
        RateLimited: the action has been tried too often.
        VersionConflict: the booking is not the version that the caller expects.
        Unavailable: the booking kept changing, or the database is unavailable.
    """
    for number in range(_TRIES):
        booking, actor = await find_booking(deps, caller, booking_id, known if number == 0 else None)
        if number == 0:
            await _count_attempt(deps, booking, actor, action)
        require_version(deps, booking, actor, expected_version)
        present = await apply_account_status(deps, booking, actor)
        if expected_version is not None and present.version == booking.version + 1:
            expected_version = present.version  # the caller saw this change ahead of its version
        booking = present
        require_version(deps, booking, actor, expected_version)
        try:
            change = await _decide(deps, booking, actor, action, input_)
            state_machine.require_agreement(
                booking,
                action,
                actor,
                input_,
                deps.clock.now(),
                deps.settings,
                is_version_seen=expected_version is not None,
                seen_fee=seen_fee,
            )
            is_committed, seen = await together(
                _committed(deps, change), with_contact(deps, view(deps, change.booking, actor))
            )
        except SlotUnavailable as refused:
            refused.extra |= _state(deps, booking, actor)
            raise
        if is_committed:
            return seen
    raise Unavailable("The booking is being changed by others.", retry_after=1)


async def perform_as_operator(
    deps: BookingDeps,
    staff: Principal,
    booking_id: str,
    action: str,
    input_: Mapping[str, Any] | None,
    *,
    expected_version: int | None = None,
) -> VisibleBooking:
    """Perform an action as an operator, which nobody does on a booking of their own.

    Raises:
        NotFound: no such booking, or the caller is no operator.
        Forbidden: the caller is a party of the booking (``own_matter``).
        VersionConflict, Unavailable: and what else the action meets, as for ``perform_action``.
    """
    await find_booking_as(deps, staff, booking_id, ActorKind.OPERATOR)
    return await perform_action(deps, staff, booking_id, action, input_, expected_version=expected_version)


def require_version(deps: BookingDeps, booking: Booking, actor: Actor, expected: int | None) -> None:
    """Refuse a caller whose version is not the stored one.

    Raises:
        VersionConflict: with the present version, status and actions.
    """
    if expected is None or expected == booking.version:
        return
    raise VersionConflict("The booking has changed since you read it.", extra=_state(deps, booking, actor))


def _state(deps: BookingDeps, booking: Booking, actor: Actor) -> dict[str, Any]:
    return state_machine.present_state(booking, actor, deps.clock.now(), deps.settings)


async def _count_attempt(deps: BookingDeps, booking: Booking, actor: Actor, action: str) -> None:
    limit = state_machine.attempt_limit(action)
    if limit is None:
        return
    key, seconds = f"{limit.key}:{booking.id}:{actor.id}", int(limit.window.total_seconds())
    bucket = await deps.limits.take(key, limit=limit.count, window_seconds=seconds, now=deps.clock.now())
    if not bucket.allowed:
        raise RateLimited(limit.message, retry_after=bucket.retry_after)


async def _decide(
    deps: BookingDeps, booking: Booking, actor: Actor, action: str, input_: Mapping[str, Any] | None
) -> BookingChange:
    now = deps.clock.now()
    start = state_machine.requested_start(action, input_)
    verdict = await _verdict(deps, booking, start, now) if start is not None else None
    return state_machine.perform(booking, action, actor, input_, now, deps.settings, slot_verdict=verdict)


async def _verdict(deps: BookingDeps, booking: Booking, start: datetime, now: datetime) -> state_machine.SlotVerdict:
    """What the slot rules say of another start for the same work."""
    provider = await deps.providers.get(booking.provider_id)
    if provider is None:
        raise NotFound("The provider is gone.")
    minutes = int((booking.slot.end_at - booking.slot.start_at).total_seconds() // 60)
    return await check_slot(
        deps.bookings,
        provider,
        start,
        duration_minutes=minutes,
        resource_ids=booking.resource_ids,
        now=now,
        apart_from=(booking.id,),
    )


async def _committed(deps: BookingDeps, change: BookingChange) -> bool:
    """Commit, and send what has committed; ``False`` where somebody else changed the booking first."""
    try:
        await deps.bookings.commit(change)
    except VersionConflict:
        return False
    await publish_committed(deps.outbox, deps.publisher, change.events, deps.clock)
    return True
