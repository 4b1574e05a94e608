"""Screens texts by rules, offline: contact details that lead past the marketplace, and coarse language."""

import re
import unicodedata
from collections.abc import Sequence

from common.domain.shared.contact_details import has_contact_details
from common.domain.shared.texts import without_unseen

CONTACT_DETAILS = "contact_details"
COARSE_LANGUAGE = "coarse_language"

#: Coarse words with whatever is made of them, where they begin a word (so not Scunthorpe); letters may be repeated,
#: some may be starred out. Of the words that only begin like one, shitzu, shiitake and names of people pass.
_COARSE = re.compile(
    r"\b(?:"
    r"(?:mother|clusterf?|un)?f+(?:[u*#]+c+|[u*#][*#]+)k+[a-z]*"
    r"|[a-z]*fuck[a-z]*"
    r"|f[*#]{3,}(?:s|ed|er|ers|in|ing)?"
    r"|(?!shiite)(?:bull|horse|dip|bat|ape|chicken)?s+(?:h+[i*#]+|[*#]{2,})t++"
    r"(?!zu|ake|aki|ah\b|al|ana|ao|ara|ij|im\b|ole|ov|u\b)[a-z]*"
    r"|c+(?:[u*#]+n+|[*#]{2,})t+[a-z]*"
    r"|b+(?:[i*#]+t+|[*#]{2,})c+h+[a-z]*"
    r"|(?:a+s+s+|arse)-?hole[a-z]*"
    r"|dick-?head[a-z]*"
    r"|w+[a*#]+n+k+(?:s|er|ers|ing|ed)?"
    r"|whores?"
    r"|sluts?|slutty"
    r"|f[\W_]u[\W_]c[\W_]k|s[\W_]h[\W_]i[\W_]t"
    r")(?!\w)"
)
#: Digits and signs that stand for letters.
_DISGUISES = str.maketrans("013457@$!", "oieastasi")
#: Cyrillic and Greek letters that look like Latin ones (https://www.unicode.org/Public/security/latest/confusables.txt).
_LOOKALIKES = str.maketrans("асеорхуіѕһкттυνικτ", "aceopxyishkttuvikt")


class RuleTextScreen:
    """Implements ``TextScreen`` without any service."""

    async def reasons_to_hold(self, text: str) -> Sequence[str]:
        """Which rules the text meets."""
        found = {CONTACT_DETAILS: has_contact_details(text), COARSE_LANGUAGE: _is_coarse(text)}
        return [reason for reason, is_met in found.items() if is_met]


def _is_coarse(text: str) -> bool:
    """Whether a coarse word stands anywhere, accents, widths and disguises taken off."""
    plain = unicodedata.normalize("NFKD", without_unseen(text).casefold())
    letters = "".join(character for character in plain if not unicodedata.combining(character)).translate(_LOOKALIKES)
    return bool(_COARSE.search(letters) or _COARSE.search(letters.translate(_DISGUISES)))
