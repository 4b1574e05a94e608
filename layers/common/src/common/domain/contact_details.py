"""Contact details in what people write: what leads past the marketplace, and what a mail would turn into a link."""

import re

_ADDRESS = re.compile(r"[^\s@]+\s?(?:@|\(at\)|\[at\])\s?[^\s@]+\.\w{2,}", re.IGNORECASE)
_SITE = re.compile(r"(?:https?://|www\.)\S|\b[\w-]+\.(?:com|net|org|info|io|app|co\.nz|nz|com\.au|au)\b", re.IGNORECASE)
#: What may be a telephone number is worth loading the numbering plans for.
_MANY_DIGITS = re.compile(r"(?:\d[\s().-]*){7}")
#: Numbers without a country code are taken to be from the marketplace's home.
_HOME_REGION = "NZ"


def has_contact_details(text: str) -> bool:
    """Whether a text has a mail address, the address of a site, or a telephone number in it."""
    return bool(_ADDRESS.search(text) or _SITE.search(text)) or _has_telephone_number(text)


def _has_telephone_number(text: str) -> bool:
    if not _MANY_DIGITS.search(text):
        return False
    from phonenumbers import PhoneNumberMatcher  # noqa: PLC0415 - 70 ms, only texts with many digits need it

    return PhoneNumberMatcher(text, _HOME_REGION).has_next()
