"""Which passwords are accepted: a length and a list of known ones, no composition rules (NIST SP 800-63B 5.1.1.2)."""

import re
import unicodedata
from functools import cache
from importlib.resources import files

from common.domain.shared.errors import InvalidInput

MIN_LENGTH = 8
MAX_LENGTH = 128
_FEWEST_DISTINCT = 4
_KEYBOARD_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz")
#: What people write for a letter ("p@ssw0rd"): the substitutions every cracking rule set tries first.
_LEET = str.maketrans("0134578@$!+", "oleastbasit")
#: The product's own words, which are the first guess here and stand on no public list.
_OWN_WORDS = frozenset({"gigsta", "gigstar", "provider", "customer", "booking", "marketplace"})
_TAIL = re.compile(r"[\W\d_]+$")
_HEAD = re.compile(r"^[\W\d_]+")


def check_password(password: str, *, email: str = "", field: str = "password") -> str:
    """Accept or refuse a new password.

    Args:
        password: as typed; never shortened.
        email: the account's address, whose parts make a guessable password.
        field: the request field to name in the error.

    Returns:
        The password in Unicode form NFKC, which is what is hashed and verified, so that two keyboards agree on it.

    Raises:
        InvalidInput: too short or too long, or one that everybody would try first.
    """
    normal = normal_form(password)
    if len(normal) < MIN_LENGTH:
        raise InvalidInput.of(field, f"Use at least {MIN_LENGTH} characters.", "password_too_short")
    if len(normal) > MAX_LENGTH:
        raise InvalidInput.of(field, f"Use at most {MAX_LENGTH} characters.", "password_too_long")
    if any(unicodedata.category(character) == "Cc" for character in normal):
        raise InvalidInput.of(field, "Control characters are not allowed.", "password_invalid")
    if _is_common(normal.casefold()) or _is_made_of(normal.casefold(), email.casefold()):
        raise InvalidInput.of(field, "This password is too easy to guess; choose another.", "password_too_common")
    return normal


def normal_form(password: str) -> str:
    """The form that is hashed (NIST SP 800-63B section 5.1.1.2 recommends NFKC)."""
    return unicodedata.normalize("NFKC", password)


def _is_common(password: str) -> bool:
    known = _known()
    if password in known or len(set(password)) < _FEWEST_DISTINCT or _is_walk(password):
        return True
    bare = _HEAD.sub("", _TAIL.sub("", password))
    forms = {
        password.replace(" ", ""),
        password.translate(_LEET),
        bare,
        bare.translate(_LEET),
        _TAIL.sub("", password.translate(_LEET)),
    }
    return bool(forms & known) or _is_repeated(password)


def _is_repeated(password: str) -> bool:
    """Whether a short piece repeated makes the whole ("abcabcabc")."""
    return (password + password).find(password, 1) < len(password) // 2 + 1


def _is_walk(password: str) -> bool:
    """Whether the whole is a run along the keyboard, the alphabet or the digits, in either direction."""
    return any(password in row * 2 or password in row[::-1] * 2 for row in _KEYBOARD_ROWS)


def _is_made_of(password: str, email: str) -> bool:
    local, _, domain = email.partition("@")
    bare = _HEAD.sub("", _TAIL.sub("", password))
    return bool(email) and (
        password in {email, local, domain} or bare in {email, local, domain.partition(".")[0]} - {""}
    )


@cache
def _known() -> frozenset[str]:
    """Words and passwords that head every published list of leaked ones; one a line, lower case."""
    text = files("common.domain.identity").joinpath("data/common_passwords.txt").read_text(encoding="ascii")
    return frozenset(text.split()) | _OWN_WORDS
