"""Stripe's form encoding: `a[b][0]=c` becomes nested dictionaries and lists."""

import re
from urllib.parse import parse_qsl

from stripe_local.protocol.errors import Json, invalid

_PART = re.compile(r"[^\[\]]+|\[\]")
_FREE_FORM = "metadata"


def decode(raw: str) -> Json:
    """Decode a query string or a form body.

    Args:
        raw: The text as sent, percent-encoded.

    Returns:
        Nested parameters; leaves are strings.

    Raises:
        StripeError: The names contradict each other (`a=1&a[b]=2`).
    """
    tree: Json = {}
    for name, value in parse_qsl(raw, keep_blank_values=True):
        _insert(tree, _PART.findall(name), value, name)
    return {name: _lists(value, name) for name, value in tree.items()}


def _insert(tree: Json, parts: list[str], value: str, name: str) -> None:
    node = tree
    for position, part in enumerate(parts):
        key = str(len(node)) if part == "[]" else part
        if position == len(parts) - 1:
            node[key] = value
            return
        child = node.setdefault(key, {})
        if not isinstance(child, dict):
            raise invalid(f"Invalid request: '{name}' is both a value and an object.", param=parts[0])
        node = child


def _lists(node: object, name: str) -> object:
    if not isinstance(node, dict):
        return node
    members = {key: _lists(value, key) for key, value in node.items()}
    if members and name != _FREE_FORM and all(key.isdigit() for key in members):
        return [members[key] for key in sorted(members, key=int)]
    return members


def path_of(parts: list[str | int]) -> str:
    """Name a nested parameter as Stripe does: `items[0][price]`."""
    return "".join(str(part) if position == 0 else f"[{part}]" for position, part in enumerate(parts))
