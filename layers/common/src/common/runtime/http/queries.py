"""Query parameters as a model, read by the model's own validator.

FastAPI's ``Query()`` model looks at the type of every field anew with each request, which is a fifth of what a search
costs us. The OpenAPI document gets the parameters from ``query_model`` (``infra.docs.openapi_extras``).
"""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from common.domain.shared.texts import without_unseen

M = TypeVar("M", bound=BaseModel)


def query_of(model: type[M]) -> Callable[[Request], Coroutine[Any, Any, M]]:
    """Make a dependency that gives the query as a model: ``Annotated[Model, Depends(query_of(Model))]``.

    Args:
        model: of single values; where a parameter is repeated, the last one counts.

    Returns:
        The dependency; nothing unseen is left in the values. It raises ``RequestValidationError`` naming the parameters
        that are wrong.
    """

    async def read(request: Request) -> M:
        try:
            return model.model_validate({key: without_unseen(value) for key, value in request.query_params.items()})
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False)
            raise RequestValidationError([{**each, "loc": ("query", *each["loc"])} for each in found]) from None

    read.query_model = model  # type: ignore[attr-defined]
    return read
