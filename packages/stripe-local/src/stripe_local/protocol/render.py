"""From stored objects to answers: private members hidden, nullable ones present, references expanded."""

from collections.abc import Callable
from typing import Any

from stripe_local.protocol.errors import Json, StripeError, invalid
from stripe_local.protocol.shapes import complete

Lookup = Callable[[str], Json | None]
Include = Callable[[Json, str], Json | None]
_DEPTH = 4  # https://docs.stripe.com/expand: expansions have a maximum depth of four levels


def public(body: Any) -> Any:
    """A copy without members that start with an underscore, and with every nullable member."""
    if isinstance(body, list):
        return [public(item) for item in body]
    if not isinstance(body, dict):
        return body
    visible = {name: public(value) for name, value in body.items() if not name.startswith("_")}
    return complete(visible) if "object" in visible else visible


def expand(answer: Json, paths: list[str], lookup: Lookup, include: Include) -> Json:
    """Replace ids by the objects they name.

    Args:
        answer: A public object or list; changed in place.
        paths: Such as `latest_charge.balance_transaction` or `data.customer`.
        lookup: Finds a public object by id.
        include: Finds a list that an object carries only on demand, such as a charge's refunds.

    Raises:
        StripeError: A path names no reference.
    """
    for path in paths:
        steps = path.split(".")
        if len(steps) > _DEPTH:
            raise invalid(f"You cannot expand more than {_DEPTH} levels of a property.", param="expand")
        _expand(answer, steps, path, lookup, include)
    return answer


def _expand(node: Any, steps: list[str], path: str, lookup: Lookup, include: Include) -> None:
    if isinstance(node, list):
        for item in node:
            _expand(item, steps, path, lookup, include)
    elif steps and node is not None:
        if not isinstance(node, dict):
            raise _cannot(path)
        node[steps[0]] = _resolve(node, steps[0], path, lookup, include)
        _expand(node[steps[0]], steps[1:], path, lookup, include)


def _resolve(node: Json, name: str, path: str, lookup: Lookup, include: Include) -> Any:
    carried = include(node, name) if node.get(name) is None else None
    if carried is not None:
        return carried
    if name not in node:
        raise _cannot(path)
    value = node[name]
    if isinstance(value, list):
        return [lookup(item) or item if isinstance(item, str) else item for item in value]
    found = lookup(value) if isinstance(value, str) else value
    if (value is not None and found is None) or not isinstance(found, dict | None):
        raise _cannot(path)
    return found


def _cannot(path: str) -> StripeError:
    return invalid(f"This property cannot be expanded ({path}).", param="expand")
