"""Timers of bookings: firing the system actions that are due."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from common.application.bookings.deps import BookingDeps
from common.application.shared.publishing import publish_committed
from common.application.shared.sweeping import Done, Tally, UnreadableRowError, work_on_each
from common.application.shared.together import together
from common.domain.bookings import state_machine
from common.domain.bookings.booking import Booking
from common.domain.payments.operations import CHECK_REQUESTED
from common.domain.shared.errors import SlotUnavailable, VersionConflict
from common.domain.shared.events import Event, Topic, new_event

#: How long a booking taken by one sweep is left alone by others; also how soon a failed one is tried again.
LEASE = timedelta(minutes=2)
_BATCH = 100
#: No booking has more actions due at once than this, even when the clock was moved by weeks.
_MOST_ACTIONS = 20
#: How long a check is taken to be under way: a message lives through five deliveries of three minutes, and may wait.
#: The worker ends it sooner, by its result or by the instant of the next check.
CHECK_LIFE = timedelta(hours=1)


async def sweep_due(deps: BookingDeps, *, has_time: Callable[[], bool]) -> Counter[str]:
    """Fire what is due, batch by batch; any number of sweeps may run at once.

    Each batch is leased in the database: no other sweep works on it, and one that dies leaves it to the next firing.
    Memory does not grow with what is due. Events of a batch are sent together, while the next batch is worked on.

    Args:
        deps: ports.
        has_time: asked before each batch.

    Returns:
        How many bookings were worked on, by the action fired.

    Raises:
        BaseException: the first fault met, after everything else has been done; the lease brings that booking back.
            ``UnreadableRowError`` where a row could not be read.
    """
    tally = Tally()
    committed: list[Event] = []
    while has_time():
        now = deps.clock.now()
        due = await deps.bookings.claim_due(now, until=now + LEASE, limit=_BATCH)
        tally.add([UnreadableRowError(each) for each in due.unreadable])
        outcomes, _ = await together(work_on_each(due.rows, partial(_fire_one, deps)), _publish(deps, committed))
        committed = tally.add(outcomes)
        if due.is_all:
            break
    await _publish(deps, committed)
    return tally.result()


async def fire_due(deps: BookingDeps, booking_id: str) -> Booking | None:
    """Fire everything that is due on one booking; the payments worker calls this after it has asked Stripe.

    Returns:
        The booking as it is now; ``None`` where there is none.
    """
    booking = await deps.bookings.get(booking_id)
    if booking is not None:
        booking, _, events = await _fire_all(deps, booking, needs_stripe=False)
        await publish_committed(deps.outbox, deps.publisher, events, deps.clock)
    return booking


async def _fire_one(deps: BookingDeps, booking: Booking) -> Done:
    """Fire what is due on one of a batch."""
    _, actions, events = await _fire_all(deps, booking, needs_stripe=True)
    return Done(actions, events)


async def _publish(deps: BookingDeps, events: Sequence[Event]) -> None:
    """Send the events of a whole batch in few calls, while the next one is fired."""
    await publish_committed(deps.outbox, deps.publisher, events, deps.clock)


async def _fire_all(
    deps: BookingDeps, booking: Booking, *, needs_stripe: bool
) -> tuple[Booking, list[str], list[Event]]:
    """Fire one due action after the other, as after a long pause several may be due at once.

    One that asks Stripe first has one check under way at a time, which the payments worker does.
    """
    fired: list[str] = []
    events: list[Event] = []
    while len(fired) < _MOST_ACTIONS:
        now = deps.clock.now()
        action = state_machine.due_action(booking, now, deps.settings)
        if action is not None and needs_stripe and state_machine.asks_stripe_first(action):
            check = new_event(Topic.PAYMENTS, CHECK_REQUESTED, now, booking_id=booking.id)
            check = check.model_copy(update={"payload": {"booking_id": booking.id}})
            await deps.outbox.insert([check])
            await deps.bookings.postpone(booking.id, action, until=now + CHECK_LIFE)
            return booking, [*fired, "payment_checked"], [*events, check]
        change = state_machine.fire(booking, action, now, deps.settings) if action else None
        if change is None or action is None:
            break
        try:
            await deps.bookings.commit(change)
        except (VersionConflict, SlotUnavailable):
            break
        booking = change.booking
        fired.append(action)
        events.extend(change.events)
    return booking, fired, events
