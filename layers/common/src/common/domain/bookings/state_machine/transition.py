"""One row of the bookings' table."""

from collections.abc import Callable
from dataclasses import dataclass

from common.domain.bookings.booking import ActorKind, BookingStatus
from common.domain.bookings.policies import Terms
from common.domain.bookings.state_machine.context import Context, Draft
from common.domain.shared.state_machine import Notification, NotificationRule, Transition

CUSTOMER = ActorKind.CUSTOMER
PROVIDER = ActorKind.PROVIDER
OPERATOR = ActorKind.OPERATOR
SYSTEM = ActorKind.SYSTEM
WEBHOOK = ActorKind.WEBHOOK

Rule = NotificationRule[Context, BookingStatus, ActorKind]


@dataclass(frozen=True, kw_only=True)
class BookingTransition(Transition[Context, Draft, BookingStatus, ActorKind]):
    """An action on a booking, with what a booking's table has beside any other's.

    Args:
        needs_slot: whether the slot rules are asked about the start that its input names.
        asks_stripe_first: whether Stripe is asked before the system performs it.
        moves_money: whether it moves or books money of a booking that may have ended.
        consequences: refund and fee if it were performed now; nothing is agreed to without it.
    """

    needs_slot: bool = False
    asks_stripe_first: bool = False
    moves_money: bool = False
    consequences: Callable[[Context], Terms | None] | None = None


def notify(
    notification: Notification[ActorKind], *, when: BookingStatus | None = None, to_others: bool = False
) -> Rule:
    """That a transition notifies people (``NotificationRule``)."""
    return NotificationRule(notification, when=when, to_others=to_others)


def notify_before_start(notification: Notification[ActorKind]) -> Rule:
    """The same, unless the slot has started: a sweep that comes late does not remind of the past."""
    return NotificationRule(notification, condition=lambda context: context.now < context.booking.slot.start_at)
