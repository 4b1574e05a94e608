"""What to say of a value that has another form than its field: words for people, where pydantic shows a pattern."""

from collections.abc import Mapping
from typing import Any

_TIME = "Send a time of day as HH:MM, such as 22:00."
_KEY = "Send the key as the browser's push subscription gives it, in base64url."
#: What to say by the pattern that does not match.
FORMS: Mapping[str, str] = {
    r"^([01][0-9]|2[0-3]):[0-5][0-9](:00)?$": _TIME,
    r"^([01]\d|2[0-3]):[0-5]\d$": _TIME,
    r"^-?\d{1,3}(?:\.\d{1,12})?(?:,-?\d{1,3}(?:\.\d{1,12})?){3}$": (
        "Send west, south, east and north in degrees, between commas: 174.65,-36.95,174.90,-36.75."
    ),
    r"^[0-9 -]{8,15}$": "Send 8 to 15 digits, spaces and hyphens.",
    r"^[0-9]{6}$": "Send the 6 digits of the code.",
    r"^[0-9a-fA-F]{64}$": "Send the SHA-256 as 64 hexadecimal digits.",
    r"^[A-Za-z0-9_-]{20,30}=*$": _KEY,
    r"^[A-Za-z0-9_-]{80,100}=*$": _KEY,
    r"^[\x21-\x7e]+$": "Send printable ASCII characters without spaces.",
    r"^[a-z0-9-]{1,64}$": "Send 1 to 64 lower-case letters, digits and hyphens.",
    r"^[a-z0-9_]{1,64}$": "Send 1 to 64 lower-case letters, digits and underscores.",
    r"^[a-z0-9_]{1,64}(:[0-9]{1,3})?$": "Send an option's key, or key:quantity.",
    r"^[a-z]{3}$": "Send a currency's ISO 4217 code in lower case, such as nzd.",
}
#: What to say of a value's length or size, by pydantic's name for what is wrong.
_SIZES: Mapping[str, str] = {
    "missing": "This is needed.",
    "string_too_short": "Write at least {min_length} characters.",
    "string_too_long": "Write at most {max_length} characters.",
    "too_short": "Send at least {min_length}.",
    "too_long": "Send at most {max_length}.",
    "greater_than_equal": "Send {ge} or more.",
    "less_than_equal": "Send {le} or less.",
    "greater_than": "Send more than {gt}.",
    "less_than": "Send less than {lt}.",
}
_EMPTY = "Write something here."
_OTHER = "This has another form than the field takes."


def in_words(error: Mapping[str, Any]) -> str:
    """Say what is wrong with a value.

    Args:
        error: as pydantic tells it, with its context.
    """
    if error["type"] == "string_pattern_mismatch":
        return FORMS.get(error["ctx"]["pattern"], _OTHER)
    if error["type"] == "string_too_short" and error["ctx"]["min_length"] == 1:
        return _EMPTY
    if (said := _SIZES.get(error["type"])) is not None:
        return said.format_map(error.get("ctx") or {})
    return str(error["msg"]).removeprefix("Value error, ")
