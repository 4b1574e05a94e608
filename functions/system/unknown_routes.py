"""What API Gateway has no route for: paths that do not exist, and methods that a path does not have."""

import re
from functools import cache

from common.domain.shared.errors import NotFound
from common.runtime.http.problems import UNKNOWN_ROUTE
from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException

from functions.system.openapi_document import operations

#: Every method that HTTP defines for resources (RFC 9110 section 9.3), and PATCH (RFC 5789).
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
#: Routes of this function that the document leaves out.
_UNDOCUMENTED = {"/": ("GET",), "/v1/openapi.json": ("GET",), "/docs": ("GET",), "/docs/assets/{name}": ("GET",)}

router = APIRouter(include_in_schema=False)


@router.api_route("/{path:path}", methods=_METHODS)
async def refuse(request: Request) -> None:
    """Say which methods the path has, or that it does not exist.

    Raises:
        HTTPException: 405 with ``Allow`` (RFC 9110 section 15.5.6).
        NotFound: there is no such path.
    """
    path = request.scope["path"]
    allowed = {method for pattern, methods in _patterns() if pattern.fullmatch(path) for method in methods}
    if not allowed:
        raise NotFound("There is no such route.", code=UNKNOWN_ROUTE)
    raise HTTPException(405, headers={"Allow": ", ".join(sorted(allowed))})


@cache
def _patterns() -> list[tuple[re.Pattern[str], tuple[str, ...]]]:
    """Every path of the API as a pattern, with its methods."""
    known = operations() | _UNDOCUMENTED
    return [(re.compile(_pattern(path)), methods) for path, methods in known.items()]


def _pattern(path: str) -> str:
    return "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{\w+\})", path))
