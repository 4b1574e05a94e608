"""An action as it is handed out to a client."""

from functools import cache
from typing import Any

from pydantic import Field

from common.domain.shared.model import Model
from common.domain.shared.state_machine.context import ActorT, ContextT, DraftT, StatusT
from common.domain.shared.state_machine.inputs import ActionInput, Nothing
from common.domain.shared.state_machine.transition import Transition


class Offer(Model):
    """What a client needs to draw a button and its form without knowing any rule.

    ``input_schema`` is a JSON schema (2020-12), ``None`` where nothing is asked.
    """

    action_name: str
    button_label: str
    note: str
    is_critical: bool = False
    input_schema: dict[str, Any] | None = Field(default=None)


@cache
def input_schema(model: type[ActionInput]) -> dict[str, Any] | None:
    """The JSON schema of an input; ``None`` where nothing is asked."""
    return None if model is Nothing else model.model_json_schema()


def offer_of(transition: Transition[ContextT, DraftT, StatusT, ActorT]) -> Offer:
    """The action of an open transition, which asks everybody for the same."""
    return Offer(
        action_name=transition.name,
        button_label=transition.label,
        note=transition.note,
        is_critical=transition.is_critical,
        input_schema=input_schema(transition.input),
    )
