"""Requests are checked against the typed parameters that Stripe's own SDK declares.

The SDK leaves enumerations open (`Literal['a', 'b']|str`) so that old clients survive new values. A server knows its
values, so the copies made here close them. Members of the SDK's request options (`api_key`, …) are no parameters.
"""

import functools
import importlib
import re
import typing
from decimal import Decimal
from typing import Any, ForwardRef, Literal, NotRequired, Required, Union, get_args, get_origin

import typing_extensions
from pydantic import ConfigDict, TypeAdapter, ValidationError
from stripe._request_options import RequestOptions
from typing_extensions import TypedDict

from stripe_local.protocol.errors import Json, StripeError, invalid
from stripe_local.protocol.wire import path_of

_OPEN_ENUM = re.compile(r"(Literal\['[^']+'[^\]]*\])\s*\|\s*str\b")
_OPEN_UNION = re.compile(r"Union\[(Literal\['[^']+'[^\]]*\]),\s*str\s*\]")
_BRANCH = re.compile(r"[\[\]'()-]|^(str|int|bool|float|is-instance)$")
_MARKERS: dict[Any, Any] = {
    NotRequired: NotRequired,
    Required: Required,
    typing_extensions.NotRequired: NotRequired,
    typing_extensions.Required: Required,
}
_OPTIONS = set(RequestOptions.__annotations__)
_TEXTS = {"int": "integer", "float": "number", "bool": "boolean", "dict": "object", "list": "array"}


def check(params: str, given: Json) -> Json:
    """Validate and convert parameters.

    Args:
        params: Name of a parameter class of `stripe.params`, such as `checkout.SessionCreateParams`.
        given: Decoded form members; leaves are strings.

    Returns:
        The same members with their declared types.

    Raises:
        StripeError: Unknown, missing or malformed parameters, as Stripe words them.
    """
    try:
        return dict(_adapter(params).validate_python(given))
    except ValidationError as failure:
        raise _translate(failure, given) from None


@functools.cache
def _adapter(params: str) -> TypeAdapter[Json]:
    package, _, name = params.rpartition(".")
    snake = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    module = importlib.import_module(".".join(filter(None, ("stripe.params", package, f"_{snake}"))))
    namespace: Json = {**vars(typing), **vars(module), "Decimal": Decimal, "UntypedStripeObject": _Never}
    closed = {key: _closed(value) for key, value in vars(module).items() if typing_extensions.is_typeddict(value)}
    namespace.update(closed)
    adapter: TypeAdapter[Json] = TypeAdapter(closed[name])
    adapter.rebuild(raise_errors=True, _types_namespace=namespace)
    return adapter


class _Never:
    """Stands for the SDK's object type, which a form cannot carry."""

    def __class_getitem__(cls, _item: object) -> type:
        return cls


def _closed(declared: Any) -> Any:
    members = {key: _close(value) for key, value in declared.__annotations__.items() if key not in _OPTIONS}
    make: Any = TypedDict
    copy = make(declared.__name__, members)
    copy.__pydantic_config__ = ConfigDict(extra="forbid", arbitrary_types_allowed=True)
    return copy


def _close(annotation: Any) -> Any:
    if isinstance(annotation, ForwardRef):
        text = _OPEN_ENUM.sub(r"\1", annotation.__forward_arg__)
        return ForwardRef(_OPEN_UNION.sub(r"\1", text), is_class=True)
    origin, members = get_origin(annotation), get_args(annotation)
    if origin in _MARKERS:
        return _MARKERS[origin][_close(members[0])]
    if origin is list:
        return list[_close(members[0])]  # type: ignore[misc]
    if origin is Union and any(get_origin(member) is Literal and get_args(member) != ("",) for member in members):
        return Union[tuple(member for member in members if member is not str)]  # noqa: UP007 - made at run time
    return annotation


def _translate(failure: ValidationError, given: Json) -> StripeError:
    found = [(_walk(item["loc"], given), item) for item in failure.errors()]
    ranks = {"extra_forbidden": 0, "missing": 1}
    parts, item = min(found, key=lambda pair: (ranks.get(pair[1]["type"], 2), -len(pair[0])))
    param = path_of(parts)
    value = item["input"]
    if item["type"] == "extra_forbidden" and param == "payment_method_types":
        message = "`payment_method_types` is no longer supported. Use `allowed_payment_method_types` instead."
        return invalid(message, param=param, code="payment_method_types_no_longer_supported")
    if item["type"] == "extra_forbidden":
        return invalid(f"Received unknown parameter: {param}", param=param, code="parameter_unknown")
    if item["type"] == "missing":
        return invalid(f"Missing required param: {param}.", param=param, code="parameter_missing")
    if value == "":
        message = f"You passed an empty string for '{param}'. We assume empty values are an attempt to unset a "
        return invalid(
            f"{message}parameter; however '{param}' cannot be unset. You should remove '{param}' from your "
            "request or supply a non-empty value.",
            param=param,
            code="parameter_invalid_empty",
        )
    if item["type"] == "literal_error":
        return invalid(f"Invalid {param}: must be one of {item['ctx']['expected']}", param=param)
    wanted = item["type"].partition("_")[0]
    code = "parameter_invalid_integer" if wanted == "int" else None
    return invalid(f"Invalid {_TEXTS.get(wanted, wanted)}: {value}", param=param, code=code)


def _walk(location: tuple[str | int, ...], given: Any) -> list[str | int]:
    """Keep those steps of pydantic's location that name members of the request, not branches of a union."""
    parts: list[str | int] = []
    node = given
    for position, step in enumerate(location):
        inside = (isinstance(node, dict) and step in node) or (
            isinstance(node, list) and isinstance(step, int) and step < len(node)
        )
        if inside:
            parts.append(step)
            node = node[step]
        elif position == len(location) - 1 and isinstance(node, dict) and not _BRANCH.search(str(step)):
            parts.append(step)
    return parts
