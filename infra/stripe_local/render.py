"""From stored objects to answers: private members hidden, nullable ones present, references expanded."""

from collections.abc import Callable
from typing import Any

from infra.stripe_local.errors import Json, invalid
from infra.stripe_local.shapes import complete

Lookup = Callable[[str], Json | None]
_DEPTH = 4  # https://docs.stripe.com/expand: expansions have a maximum depth of four levels


def public(body: Any) -> Any:
    """A copy without members that start with an underscore, and with every nullable member."""
    if isinstance(body, list):
        return [public(item) for item in body]
    if not isinstance(body, dict):
        return body
    visible = {name: public(value) for name, value in body.items() if not name.startswith("_")}
    return complete(visible) if "object" in visible else visible


def expand(answer: Json, paths: list[str], lookup: Lookup) -> Json:
    """Replace ids by the objects they name.

    Args:
        answer: A public object or list; changed in place.
        paths: Such as `latest_charge.balance_transaction` or `data.customer`.
        lookup: Finds a public object by id.

    Raises:
        StripeError: A path names no reference.
    """
    for path in paths:
        steps = path.split(".")
        limit = _DEPTH + (1 if steps[0] == "data" else 0)
        if len(steps) > limit:
            raise invalid(f"You cannot expand more than {_DEPTH} levels of a property.", param="expand")
        _expand(answer, steps, path, lookup)
    return answer


def _expand(node: Any, steps: list[str], path: str, lookup: Lookup) -> None:
    if isinstance(node, list):
        for item in node:
            _expand(item, steps, path, lookup)
        return
    if not steps or node is None:
        return
    if not isinstance(node, dict) or steps[0] not in node:
        raise invalid(f"This property cannot be expanded ({path}).", param="expand")
    value = node[steps[0]]
    if isinstance(value, str):
        value = lookup(value)
        if value is None:
            raise invalid(f"This property cannot be expanded ({path}).", param="expand")
        node[steps[0]] = value
    elif value is not None and not isinstance(value, dict | list):
        raise invalid(f"This property cannot be expanded ({path}).", param="expand")
    elif isinstance(value, list):
        node[steps[0]] = [lookup(item) or item if isinstance(item, str) else item for item in value]
    _expand(node[steps[0]], steps[1:], path, lookup)
