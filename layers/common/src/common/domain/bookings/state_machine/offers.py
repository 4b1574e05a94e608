"""An action on a booking as it is handed out to a client."""

from common.domain.bookings.policies import Terms
from common.domain.bookings.state_machine.context import Context
from common.domain.bookings.state_machine.transition import BookingTransition
from common.domain.shared.state_machine import Offer, input_schema


class AvailableAction(Offer):
    """What a client needs to draw a button and its form without knowing any rule.

    ``consequences`` is the refund and the fee if the action were performed now, where it ends the booking or,
    uncontested, leads to its end.
    """

    consequences: Terms | None = None


def describe(transition: BookingTransition, context: Context) -> AvailableAction:
    """The action of an open transition."""
    return AvailableAction(
        action_name=transition.name,
        button_label=transition.label,
        note=transition.note,
        is_critical=transition.is_critical,
        input_schema=input_schema(transition.input_for(context)),
        consequences=consequences_now(transition, context),
    )


def consequences_now(transition: BookingTransition, context: Context) -> Terms | None:
    """The transition's consequences for this actor; ``None`` where it has none."""
    return transition.consequences(context) if transition.consequences else None
