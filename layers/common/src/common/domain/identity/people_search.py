"""Finding people by what staff type: the beginning of a mail address, a name or a telephone number, or an id."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

#: Trunk prefix of a number as it is written at home, and the countries that the product ships for (ITU-T E.164).
_TRUNK, _COUNTRY_CODES = "0", ("64", "61")
_NUMBER = re.compile(r"\+?[\d\s().\-/]+")
#: A whole id, as other lists of staff show it.
_ID = re.compile(r"usr_[0-9a-z]{26}")
#: Fewer digits find too many.
_LEAST_DIGITS = 3


class Looked(StrEnum):
    """Where a beginning is looked for."""

    MAIL = "email_key"
    NAME = "full_name"
    FAMILY_NAME = "family_name"
    PHONE = "phone_number"
    ID = "_id"


@dataclass(frozen=True)
class Stage:
    """One place in which to look, and the beginning of what is looked for."""

    field: Looked
    beginning: str


def stages_of(text: str) -> tuple[Stage, ...]:
    """Where to look for what somebody typed, one after the other; nowhere for nothing.

    A number is one as it is written anywhere: with the country's code or without, with spaces or brackets.
    """
    wanted = " ".join(text.split())
    if not wanted:
        return ()
    if _ID.fullmatch(wanted):
        return (Stage(Looked.ID, wanted),)
    digits = re.sub(r"\D", "", wanted)
    if len(digits) >= _LEAST_DIGITS and _NUMBER.fullmatch(wanted):
        return tuple(Stage(Looked.PHONE, f"+{each}") for each in _numbers(wanted, digits))
    mail = Stage(Looked.MAIL, wanted.lower())
    if "@" in wanted:
        return (mail,)
    names = (Stage(Looked.NAME, wanted), Stage(Looked.FAMILY_NAME, wanted))
    return names if " " in wanted else (mail, *names)


def _numbers(wanted: str, digits: str) -> tuple[str, ...]:
    if wanted.startswith("+") or not digits.startswith(_TRUNK):
        return (digits,)
    return tuple(f"{code}{digits[1:]}" for code in _COUNTRY_CODES)


def family_name(full_name: str) -> str:
    """The last word of a name of several, by which people are looked for too; empty where there is one word."""
    words = full_name.split()
    return words[-1] if len(words) > 1 else ""


def begins(value: str, beginning: str) -> bool:
    """Whether a text begins so, whatever the case and the accents."""
    return _folded(value).startswith(_folded(beginning))


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in decomposed if not unicodedata.combining(each))
