"""One transition of the state machine's table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from common.domain.bookings.booking import ActorKind, Booking, BookingStatus
from common.domain.bookings.setting_texts import fill
from common.domain.bookings.state_machine.context import Context, Effect
from common.domain.bookings.state_machine.guards import Guard
from common.domain.bookings.state_machine.inputs import ActionInput, Nothing
from common.domain.bookings.state_machine.timers import Timer

CUSTOMER = ActorKind.CUSTOMER
PROVIDER = ActorKind.PROVIDER
OPERATOR = ActorKind.OPERATOR
SYSTEM = ActorKind.SYSTEM
WEBHOOK = ActorKind.WEBHOOK


@dataclass(frozen=True)
class NotificationRule:
    """Who is notified of a transition.

    ``when`` restricts it to one of the transition's targets; ``before_start`` to the time before the slot starts, so
    that a sweep that comes late does not remind of the past; ``to_others`` leaves out the part that acts.
    """

    type: str
    recipients: tuple[ActorKind, ...]
    when: BookingStatus | None = None
    before_start: bool = False
    to_others: bool = False

    def recipients_of(self, actor: ActorKind) -> tuple[ActorKind, ...]:
        """Who is notified when this kind of actor acts."""
        return tuple(part for part in self.recipients if not (self.to_others and part is actor))

    def applies(self, booking: Booking, now: datetime) -> bool:
        """Whether the notification goes out for this outcome at this instant."""
        return self.when in {None, booking.status} and not (self.before_start and now >= booking.slot.start_at)


@dataclass(frozen=True)
class Transition:
    """An action of the machine.

    Args:
        name: its stable name on the wire.
        label: what a button says.
        note: the audit text.
        sources: statuses it leaves; empty for the one that makes a booking.
        targets: statuses it may lead to; empty where only another axis moves.
        actors: in which parts somebody may perform it.
        summary: what follows, for people; settings in braces.
        guards: conditions for people and webhooks; the system acts by ``timer`` where there is one.
        checks: tests of the input, each raising ``InvalidInput``.
        effects: what follows, in order.
        notifications: who is notified.
        timer: when the system performs it.
        input: what it needs to know.
        is_critical: whether a client should ask twice.
        choose: which of several targets; the first without it.
    """

    name: str
    label: str
    note: str
    sources: tuple[BookingStatus, ...]
    targets: tuple[BookingStatus, ...]
    actors: tuple[ActorKind, ...]
    summary: str
    guards: tuple[Guard, ...] = ()
    checks: tuple[Callable[[Context], None], ...] = ()
    effects: tuple[Effect, ...] = ()
    notifications: tuple[NotificationRule, ...] = ()
    timer: Timer | None = None
    input: type[ActionInput] = Nothing
    is_critical: bool = False
    choose: Callable[[Context], BookingStatus] | None = None

    def is_open_to(self, context: Context) -> bool:
        """Whether this actor may perform the transition on this booking now: what is offered and what is accepted."""
        return self.refusal(context) is None

    def refusal(self, context: Context) -> str | None:
        """Why the transition is closed to this actor now, or ``None``."""
        if context.actor.kind not in self.actors:
            return "It is not for this party."
        if context.booking.status not in self.sources:
            return f"The booking is {context.booking.status.value.replace('_', ' ')}."
        if context.actor.kind is ActorKind.SYSTEM and self.timer is not None:
            at = self.timer.at(context.booking, context.settings)
            return (
                None if at is not None and at <= context.now else f"Not due: {fill(self.timer.text, context.settings)}."
            )
        failed = next((guard for guard in self.guards if not guard.test(context)), None)
        return None if failed is None else f"Only possible if: {fill(failed.text, context.settings)}."

    def target(self, context: Context) -> BookingStatus:
        """The status the transition leads to."""
        if self.choose is not None:
            return self.choose(context)
        return self.targets[0] if self.targets else context.booking.status
