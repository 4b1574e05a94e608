"""Takes secrets, tokens, mail addresses and card numbers out of what is about to be logged."""

import re
from collections.abc import Mapping
from typing import Any

MASK = "***"
_MAX_DEPTH = 6

_SENSITIVE_KEYS = re.compile(
    r"pass(word|wd)?$|secret|token|authorization|cookie|signature|private|credential|api_?key|^key$|card_?number|cvc"
    r"|^code$|start_code|^uri$|mongodb_uri|e_?mail|phone|^address$|^online_link$",
    re.IGNORECASE,
)
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # JSON Web Tokens: three base64url parts, the first of which begins with '{"' encoded.
    (re.compile(r"\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*"), MASK),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}"), rf"\1 {MASK}"),
    # Stripe's keys, signing secrets and client secrets (https://docs.stripe.com/keys).
    (re.compile(r"\b(sk|rk|pk)_(live|test)_\w+"), rf"\1_\2_{MASK}"),
    (re.compile(r"\bwhsec_\w+"), f"whsec_{MASK}"),
    (re.compile(r"\b((?:pi|seti|cs)_[A-Za-z0-9]+)_secret_\w+"), rf"\1_secret_{MASK}"),
    # The address of a private calendar feed is its secret.
    (re.compile(r"(/calendar-feed/)[\w-]+"), rf"\1{MASK}"),
    # User and password inside a connection string.
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^\s/@]+@"), rf"\1{MASK}@"),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"), MASK),
    (re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"), f"{MASK}@{MASK}"),
)
#: Primary account numbers have 12 to 19 digits and end in a Luhn check digit (ISO/IEC 7812-1).
_CARD = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){11,18}(?![\w-])")


def mask_value(value: Any, *, depth: int = 0) -> Any:
    """Return the value with everything sensitive in it replaced, mappings and sequences included.

    Args:
        value: anything JSON can hold; other objects are masked in their text form.
        depth: how deep this value lies; below six levels nothing is shown.
    """
    if value is None or isinstance(value, bool | int | float):
        return mask_text(str(value)) if _is_card_like(value) else value
    if depth >= _MAX_DEPTH:
        return MASK
    if isinstance(value, Mapping):
        return {
            str(key): MASK if item and _SENSITIVE_KEYS.search(str(key)) else mask_value(item, depth=depth + 1)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [mask_value(item, depth=depth + 1) for item in value]
    return mask_text(str(value))


def mask_text(text: str) -> str:
    """Replace everything that looks like a secret, a token, a mail address or a card number."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return _CARD.sub(lambda match: MASK if _passes_luhn(match.group()) else match.group(), text)


def _is_card_like(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and _CARD.fullmatch(str(value)) is not None


def _passes_luhn(text: str) -> bool:
    digits = [int(character) for character in text if character.isdigit()]
    doubled = [sum(divmod(digit * 2, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
