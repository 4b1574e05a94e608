"""Limits on texts that the SDK's types do not tell: metadata, names, mail addresses, URLs.

Sources, read 2026-11-28: https://docs.stripe.com/api/metadata (50 keys of 40 characters, values of 500),
https://docs.stripe.com/error-codes#email-invalid and #url-invalid, the API reference for lengths.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from stripe_local.protocol.errors import Json, invalid
from stripe_local.protocol.wire import path_of

MOST_KEYS = 50
_LONGEST_KEY, _LONGEST_VALUE, _LONGEST_TEXT, _LONGEST_NAME = 40, 500, 5_000, 256
_MAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@.,]+(\.[^\s@.,]+)+")
_MAILS = {"email", "receipt_email", "customer_email", "support_email"}
_ADDRESSES = {"return_url", "refresh_url", "success_url", "cancel_url", "default_return_url"}
_CHECKOUT_PLACEHOLDER = "{CHECKOUT_SESSION_ID}"


def check_forms(params: Json) -> None:
    """Refuse what is too long or not what its name says.

    Raises:
        StripeError: Names the parameter.
    """
    for path, name, value in _texts(params, []):
        param = path_of(path)
        if "metadata" in path[:-1]:
            _check_metadata(str(path[-1]), value, param)
        elif name in _MAILS and value and not _MAIL.fullmatch(value):
            raise invalid(f"Invalid email address: {value}", param=param, code="email_invalid")
        elif name in _ADDRESSES and value and not _is_url(value):
            raise invalid("Not a valid URL", param=param, code="url_invalid")
        elif len(value) > (_LONGEST_NAME if name == "name" else _LONGEST_TEXT):
            most = _LONGEST_NAME if name == "name" else _LONGEST_TEXT
            raise invalid(f"Invalid string: {value[:20]}…; must be at most {most} characters", param=param)


def _check_metadata(key: str, value: str, param: str) -> None:
    if len(key) > _LONGEST_KEY:
        message = f"Metadata keys can have up to {_LONGEST_KEY} characters, but you passed in a key that is {len(key)} "
        raise invalid(f"{message}characters. Invalid key: {key}", param="metadata")
    if len(value) > _LONGEST_VALUE:
        message = f"Metadata values can have up to {_LONGEST_VALUE} characters, but you passed in a value that is "
        raise invalid(f"{message}{len(value)} characters. Invalid value: {value[:20]}…", param=param)


def _is_url(value: str) -> bool:
    try:
        parts = urlsplit(value.replace(_CHECKOUT_PLACEHOLDER, "id"))
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not re.search(r"\s", value)


def _texts(node: object, path: list[str | int]) -> Iterator[tuple[list[str | int], str, str]]:
    if isinstance(node, dict):
        for name, inner in node.items():
            yield from _texts(inner, [*path, name])
    elif isinstance(node, list):
        for position, inner in enumerate(node):
            yield from _texts(inner, [*path, position])
    elif isinstance(node, str) and path:
        yield path, str(path[-1]), node
