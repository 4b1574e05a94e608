"""An action as it is handed out to a client."""

from functools import cache
from typing import Any

from pydantic import Field

from common.domain.shared.model import Model
from common.domain.shared.state_machine.inputs import ActionInput, Nothing


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
