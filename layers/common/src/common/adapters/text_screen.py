"""Screens texts by rules, offline: contact details that lead past the marketplace, and coarse language."""

import re
import unicodedata
from collections.abc import Sequence

from common.domain.contact_details import has_contact_details

CONTACT_DETAILS = "contact_details"
COARSE_LANGUAGE = "coarse_language"

#: Stems that no sound word contains at its beginning.
_COARSE = re.compile(r"\b(?:fuck|motherfuck|shit|bullshit|cunt|bitch|asshole|arsehole|dickhead|wanker|whore|slut)")
#: Digits and signs that stand for letters.
_DISGUISES = str.maketrans("013457@$!", "oieastasi")


class RuleTextScreen:
    """Implements ``TextScreen`` without any service."""

    async def reasons_to_hold(self, text: str) -> Sequence[str]:
        """Which rules the text meets."""
        found = {CONTACT_DETAILS: has_contact_details(text), COARSE_LANGUAGE: _is_coarse(text)}
        return [reason for reason, is_met in found.items() if is_met]


def _is_coarse(text: str) -> bool:
    """Whether a coarse word begins anywhere, accents and disguises taken off."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(character for character in plain if not unicodedata.combining(character))
    return bool(_COARSE.search(letters.translate(_DISGUISES)))
