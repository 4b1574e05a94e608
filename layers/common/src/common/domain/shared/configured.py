"""Settings that operators write as one JSON variable: what is not in it keeps its default."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, TypeVar

from pydantic import ConfigDict, Field, ValidationError

from common.domain.shared.model import Model

#: A duration of nothing or more.
Window = Annotated[timedelta, Field(ge=timedelta(0))]


class Configured(Model):
    """What people write: a field that does not exist is a mistake."""

    model_config = ConfigDict(extra="forbid")


SettingsT = TypeVar("SettingsT", bound=Configured)


def load_configured(model: type[SettingsT], variable: str, environment: Mapping[str, str]) -> SettingsT:
    """The settings of a variable, a JSON object with some of the fields; all defaults without the variable.

    Durations are ISO 8601: ``{"payment_hold": "PT15M"}``.

    Args:
        model: the settings.
        variable: the variable's name.
        environment: variables by name.

    Raises:
        ValueError: it is no JSON object, or a field is unknown or has a value that cannot be used; the message names
            every such field and says why.
    """
    given = environment.get(variable)
    if not given:
        return model()
    try:
        return model.model_validate_json(given)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc'])) or 'JSON'}: {each['msg']}" for each in error.errors())
        raise ValueError(f"{variable} cannot be used: {wrong}") from error
