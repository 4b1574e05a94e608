"""Query parameters as a model, read by the model's own validator.

FastAPI looks at the type of every parameter anew with each request, which is a fifth of what a search costs us, and a
tenth of a list. The OpenAPI document gets the parameters from ``query_model`` (``infra.docs.openapi_extras``).
"""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, get_origin

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from common.domain.shared.texts import without_unseen

M = TypeVar("M", bound=BaseModel)


def query_of(model: type[M]) -> Callable[[Request], Coroutine[Any, Any, M]]:
    """Make a dependency that gives the query as a model: ``Annotated[Model, Depends(query_of(Model))]``.

    Args:
        model: its fields; a list has all values of its parameter, anything else the last one.

    Returns:
        The dependency; nothing unseen is left in the values. It raises ``RequestValidationError`` naming the parameters
        that are wrong.
    """
    lists = [field.alias or name for name, field in model.model_fields.items() if get_origin(field.annotation) is list]

    async def read(request: Request) -> M:
        query = request.query_params
        given: dict[str, Any] = {key: without_unseen(value) for key, value in query.items()}
        given |= {name: [without_unseen(value) for value in query.getlist(name)] for name in lists if name in given}
        try:
            return model.model_validate(given)
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False)
            raise RequestValidationError([{**each, "loc": ("query", *each["loc"])} for each in found]) from None

    read.query_model = model  # type: ignore[attr-defined]
    return read
