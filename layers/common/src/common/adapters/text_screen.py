"""Screens texts by rules, offline: contact details that lead past the marketplace, and coarse language."""

import re
import unicodedata
from collections.abc import Sequence

from common.domain.contact_details import has_contact_details
from common.domain.texts import without_unseen

CONTACT_DETAILS = "contact_details"
COARSE_LANGUAGE = "coarse_language"

#: Coarse words as whole words with the endings they take, so that what only begins like one is passed over (shitzu,
#: Scunthorpe); letters may be repeated, one may be starred out.
_COARSE = re.compile(
    r"\b(?:"
    r"(?:mother|clusterf?|un)?f+[u*#]+c+k+(?:s|ed|er|ers|in|ing|wit|wits|face|up|off)?"
    r"|(?:bull|horse|dip|bat|ape|chicken)?s+h+[i*#]+t+(?:s|e|ty|ter|ting|ted|tier|tiest|head|heads|hole|holes|show|face)?"
    r"|c+[u*#]+n+t+(?:s|y|ing|ish)?"
    r"|b+[i*#]+t+c+h+(?:es|y|ing|ed)?"
    r"|(?:a+s+s+|arse)-?hole[sd]?"
    r"|dick-?heads?"
    r"|w+[a*#]+n+k+(?:s|er|ers|ing|ed)?"
    r"|whores?"
    r"|sluts?|slutty"
    r"|f[\W_]u[\W_]c[\W_]k|s[\W_]h[\W_]i[\W_]t"
    r")\b"
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
