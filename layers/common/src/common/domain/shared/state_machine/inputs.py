"""What actions need from the person who performs them; their JSON schemas travel with the actions."""

from collections.abc import Mapping
from typing import Any

from pydantic import ConfigDict, ValidationError

from common.domain.shared.errors import FieldError, InvalidInput
from common.domain.shared.forms import in_words
from common.domain.shared.model import Model


class ActionInput(Model):
    """Base of every input; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Nothing(ActionInput):
    """No input."""


def parse_input(model: type[ActionInput], values: Mapping[str, Any] | None) -> ActionInput:
    """Validate what a person sent with an action.

    Raises:
        InvalidInput: a field is missing, unknown or wrong; each is named.
    """
    try:
        return model.model_validate(dict(values or {}))
    except ValidationError as error:
        fields = [
            FieldError(
                ".".join(str(part) for part in problem["loc"]) or "input",
                in_words(problem),
                problem["type"],
            )
            for problem in error.errors(include_url=False, include_input=False)
        ]
        raise InvalidInput("The action's input is not valid.", errors=fields) from None
