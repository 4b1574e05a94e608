"""Errors on the wire: problem details (RFC 9457), one renderer for every status."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from common.domain.shared.errors import (
    FieldError,
    GigstaError,
    IdempotencyInFlight,
    InvalidInput,
    RateLimited,
    Unauthenticated,
    Unavailable,
)
from common.domain.shared.forms import in_words
from common.runtime.observability.context import current_request_id

MEDIA_TYPE = "application/problem+json"
_TYPE_PREFIX = "urn:problem-type:gigsta:"
_MAX_FIELD_ERRORS = 50
#: How pydantic names a member of an enumeration: ``<Role.ADMIN: 'admin'>``.
_ENUM_MEMBER = re.compile(r"<\w+\.\w+: ('[^']*')>")
_UNREADABLE = "The body cannot be read: send JSON in UTF-8, of moderate depth."
_NO_OBJECT = "Send a JSON object, and the header 'Content-Type: application/json'."
#: What to say of a body that is wrong as a whole, by pydantic's type of error.
_ABOUT_THE_BODY = {
    "json_invalid": _UNREADABLE,
    "missing": _NO_OBJECT,
    "dict_type": _NO_OBJECT,
    "model_attributes_type": _NO_OBJECT,
}

#: The code of a path that does not exist; a thing that does not exist is ``not_found``.
UNKNOWN_ROUTE = "route_not_found"
#: Codes of statuses that the framework answers on its own.
CODES = {
    400: "bad_request",
    401: "unauthenticated",
    403: "forbidden",
    404: UNKNOWN_ROUTE,
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "payload_too_large",
    415: "unsupported_media_type",
    422: "invalid_input",
    429: "rate_limited",
    503: "unavailable",
}


class LimitReached(RateLimited):
    """A rate limit that tells what is left of it in header fields.

    Args:
        retry_after: whole seconds until a request may succeed.
        headers: the limit's header fields.
    """

    def __init__(self, *, retry_after: int, headers: Mapping[str, str]) -> None:
        super().__init__(retry_after=retry_after)
        self.headers = headers


def problem(
    status: int,
    code: str,
    detail: str = "",
    *,
    title: str = "",
    errors: Sequence[FieldError] = (),
    extra: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Build a problem document.

    Args:
        status: HTTP status.
        code: stable code for programs.
        detail: a sentence for people about this occurrence.
        title: short name of the kind; the status's phrase by default.
        errors: the wrong fields, of a 422.
        extra: further members; they never replace the standard ones.
        headers: further header fields.
    """
    document: dict[str, Any] = dict(extra or {})
    document |= {
        "type": _TYPE_PREFIX + code,
        "title": title or _phrase(status),
        "status": status,
        "detail": detail or _phrase(status),
        "code": code,
        "request_id": current_request_id(),
    }
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        document["errors"] = [{"field": e.field, "message": e.message, "code": e.code} for e in errors]
    content = json.dumps(document, ensure_ascii=False, default=str).encode()
    return Response(content, status, dict(headers or {}), MEDIA_TYPE)


def _limit_headers(error: RateLimited) -> dict[str, str]:
    """What a limit that a rule of the product has set tells of itself."""
    told = {"RateLimit-Remaining": "0", "RateLimit-Reset": str(error.retry_after)}
    return told if error.limit is None else {"RateLimit-Limit": str(error.limit), **told}


def problem_of(error: GigstaError) -> Response:
    """Render one of the product's own errors with the header fields its status asks for."""
    headers: dict[str, str] = {}
    if isinstance(error, RateLimited | Unavailable | IdempotencyInFlight):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, RateLimited):
        headers |= error.headers if isinstance(error, LimitReached) else _limit_headers(error)
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"  # RFC 6750 section 3
    errors = error.errors if isinstance(error, InvalidInput) else ()
    return problem(
        error.status,
        error.wire_code,
        error.detail,
        title=error.title,
        errors=errors,
        extra=error.extra,
        headers=headers,
    )


async def on_gigsta_error(_: Request, error: Exception) -> Response:
    """Handle a ``GigstaError`` raised anywhere below a route."""
    if not isinstance(error, GigstaError):
        raise error
    return problem_of(error)


async def on_http_exception(_: Request, error: Exception) -> Response:
    """Handle what the framework refuses: unknown routes, wrong methods, bodies too large or unreadable."""
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == HTTPStatus.BAD_REQUEST:
        # What FastAPI says of bodies that are no UTF-8, nested too deep or hold numbers of thousands of digits.
        return problem(error.status_code, CODES[error.status_code], _UNREADABLE)
    return status_problem(error.status_code, _with_head(error.headers))


def _with_head(headers: Mapping[str, str] | None) -> dict[str, str]:
    """Header fields whose ``Allow`` says that HEAD is answered wherever GET is."""
    found = dict(headers or {})
    if allowed := found.get("Allow"):
        methods = set(allowed.split(", "))
        found["Allow"] = ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods))
    return found


def status_problem(status: int, headers: Mapping[str, str] | None = None) -> Response:
    """A problem that says no more than its status."""
    fallback = "http_error" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "internal_error"
    return problem(status, CODES.get(status, fallback), headers=headers)


async def on_validation_error(_: Request, error: Exception) -> Response:
    """Handle a request whose shape is wrong: say which fields and why, never repeat their values."""
    if not isinstance(error, RequestValidationError):
        raise error
    fields = [_field_error(each) for each in _first(error.errors())]
    detail = " ".join(f"{_label(each.field)}: {_ended(each.message)}" for each in fields[:3])
    return problem(422, InvalidInput.code, detail, title=InvalidInput.title, errors=fields)


def _label(field: str) -> str:
    """A field's name as a form would have it, without what it is a part of."""
    return field.rpartition(".")[2].replace("_", " ").capitalize()


def _ended(message: str) -> str:
    return message if message.endswith((".", "!", "?")) else f"{message}."


def _first(errors: Iterable[Any]) -> list[Any]:
    return list(errors)[:_MAX_FIELD_ERRORS]


def _field_error(error: Mapping[str, Any]) -> FieldError:
    location = [str(part) for part in error["loc"]]
    is_whole = len(location) == 1 or error["type"] == "json_invalid"
    field = location[0] if is_whole else ".".join(location[1:])
    message = in_words(error).removeprefix("Assertion failed, ")
    message = _ENUM_MEMBER.sub(r"\1", message)
    if is_whole:
        message = _ABOUT_THE_BODY.get(error["type"], message)
    context = error.get("ctx") or {}
    return FieldError(field, message, str(context.get("code") or error["type"]))


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
