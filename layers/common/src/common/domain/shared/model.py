"""The base of every domain value and entity."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """An immutable pydantic model; a change makes a new value with ``model_copy(update=...)``.

    Unknown fields are ignored so that a document written by a newer release still loads during a rolling deploy.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")
