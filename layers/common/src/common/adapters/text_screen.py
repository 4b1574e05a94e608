"""Screens texts by rules, offline: contact details that lead past the marketplace, and coarse language."""

import re
import unicodedata
from collections.abc import Sequence

CONTACT_DETAILS = "contact_details"
COARSE_LANGUAGE = "coarse_language"

_ADDRESS = re.compile(r"[^\s@]+\s?(?:@|\(at\)|\[at\])\s?[^\s@]+\.\w{2,}", re.IGNORECASE)
_SITE = re.compile(r"(?:https?://|www\.)\S|\b[\w-]+\.(?:com|net|org|info|io|app|co\.nz|nz|com\.au|au)\b", re.IGNORECASE)
#: What may be a telephone number is worth loading the numbering plans for.
_MANY_DIGITS = re.compile(r"(?:\d[\s().-]*){7}")
#: Numbers without a country code are taken to be from the marketplace's home.
_HOME_REGION = "NZ"
#: Stems that no sound word contains at its beginning.
_COARSE = re.compile(r"\b(?:fuck|motherfuck|shit|bullshit|cunt|bitch|asshole|arsehole|dickhead|wanker|whore|slut)")
#: Digits and signs that stand for letters.
_DISGUISES = str.maketrans("013457@$!", "oieastasi")


class RuleTextScreen:
    """Implements ``TextScreen`` without any service."""

    async def reasons_to_hold(self, text: str) -> Sequence[str]:
        """Which rules the text meets."""
        found = {CONTACT_DETAILS: _has_contact_details(text), COARSE_LANGUAGE: _is_coarse(text)}
        return [reason for reason, is_met in found.items() if is_met]


def _has_contact_details(text: str) -> bool:
    return bool(_ADDRESS.search(text) or _SITE.search(text)) or _has_telephone_number(text)


def _has_telephone_number(text: str) -> bool:
    if not _MANY_DIGITS.search(text):
        return False
    from phonenumbers import PhoneNumberMatcher  # noqa: PLC0415 - 70 ms, only texts with many digits need it

    return PhoneNumberMatcher(text, _HOME_REGION).has_next()


def _is_coarse(text: str) -> bool:
    """Whether a coarse word begins anywhere, accents and disguises taken off."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(character for character in plain if not unicodedata.combining(character))
    return bool(_COARSE.search(letters.translate(_DISGUISES)))
