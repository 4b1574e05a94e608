"""Domain models to documents and back: ``id`` is ``_id``, everything else keeps its name."""

from collections.abc import Mapping
from datetime import date, datetime, time
from enum import Enum
from typing import Any, TypeVar

from common.adapters.mongo.shared.database import Document
from common.domain.shared.model import Model

M = TypeVar("M", bound=Model)


def to_document(model: Model) -> Document:
    """The document of a model that has an ``id``."""
    document: Document = {name: plain(value) for name, value in model.model_dump().items()}
    return {"_id": document.pop("id"), **document}


def to_native_document(model: Model) -> Document:
    """The document of a model that holds nothing BSON does not know, such as wall-clock times: a tenth of the work."""
    document = model.model_dump()
    return {"_id": document.pop("id"), **document}


def from_document(kind: type[M], document: Mapping[str, Any]) -> M:
    """The model of a document."""
    fields = dict(document)
    return kind.model_validate({"id": fields.pop("_id"), **fields})


def plain(value: Any) -> Any:
    """A value as BSON takes it: enumerations by value, wall-clock times and dates as ISO text, the rest as it is."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Model):
        return plain(value.model_dump())
    if isinstance(value, time | date) and not isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    return value
