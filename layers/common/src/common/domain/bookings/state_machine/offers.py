"""An action as it is handed out to a client."""

from functools import cache
from typing import Any

from pydantic import Field

from common.domain.bookings.booking import ActorKind, other_party
from common.domain.bookings.policies import Terms, absence_terms, cancellation_terms
from common.domain.bookings.state_machine.context import Context
from common.domain.bookings.state_machine.inputs import ActionInput, Nothing
from common.domain.bookings.state_machine.transition import Transition
from common.domain.shared.model import Model


class AvailableAction(Model):
    """What a client needs to draw a button and its form without knowing any rule.

    ``input_schema`` is a JSON schema (2020-12), ``None`` where nothing is asked. ``consequences`` is the refund and the
    fee if the action were performed now, where it ends the booking or, uncontested, leads to its end.
    """

    action_name: str
    button_label: str
    note: str
    is_critical: bool = False
    input_schema: dict[str, Any] | None = Field(default=None)
    consequences: Terms | None = None


@cache
def input_schema(model: type[ActionInput]) -> dict[str, Any] | None:
    """The JSON schema of an input; ``None`` where nothing is asked."""
    return None if model is Nothing else model.model_json_schema()


def describe(transition: Transition, context: Context) -> AvailableAction:
    """The action of an open transition."""
    return AvailableAction(
        action_name=transition.name,
        button_label=transition.label,
        note=transition.note,
        is_critical=transition.is_critical,
        input_schema=input_schema(transition.input),
        consequences=consequences(transition, context),
    )


def consequences(transition: Transition, context: Context) -> Terms | None:
    """Cancelling as the actor; declining as the provider, whose fault it is; an absence that is not contested."""
    booking, kind, smallest = context.booking, context.actor.kind, context.settings.minimum_charge
    if transition.name == "mark_no_show":
        return absence_terms(booking, other_party(kind), smallest)
    by = {"cancel": kind, "decline": ActorKind.PROVIDER}.get(transition.name)
    return cancellation_terms(booking, by, context.until_start, smallest) if by else None
