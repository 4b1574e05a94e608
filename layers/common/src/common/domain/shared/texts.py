"""Text that people write: nothing in it that cannot be seen, or that shows other text in another order.

Fields are annotated with ``PROSE``, ``TITLE``, ``NAME``, ``SEEN`` or ``PARSED``, as in ``Annotated[str,
Field(max_length=120), TITLE]``. They take out what cannot be seen before the field's own limits are looked at.
"""

import re
import unicodedata

from pydantic import BeforeValidator, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import PydanticCustomError

#: What takes no room and has no meaning of its own (``Default_Ignorable_Code_Point`` of
#: https://www.unicode.org/Public/17.0.0/ucd/DerivedCoreProperties.txt), with marks of annotation, and halves of
#: characters that stand alone.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\ud800-\udfff]+"
)
#: Controls but for tab and line breaks.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BREAK = re.compile("[\t\n\r\u2028\u2029]")
_ZERO_WIDTH_NON_JOINER, _ZERO_WIDTH_JOINER = "\u200c", "\u200d"
_FLAG, _END_OF_TAGS = "\U0001f3f4", "\U000e007f"
_KEYCAP = "\u20e3"
#: General categories of letters without case and their marks: scripts whose joining and variants are spelt out.
_SPELLING = {"Lo", "Mn", "Mc"}
_PICTURES = {"So", "Sk", "Sm", "Po"}


def without_unseen(text: str) -> str:
    """Text for comparing and parsing (numbers, codes, addresses, words to look for): nothing unseen is left in it."""
    return text if text.isascii() else _UNSEEN.sub("", text)


def plain_form(text: str) -> str:
    """What a program reads out of a text, such as a number or a code: nothing unseen, one width of letters and digits.

    Full-width and styled forms become ordinary ones (Unicode normalization form KC, Standard Annex 15).
    """
    return unicodedata.normalize("NFKC", without_unseen(text)).strip()


def tidy(text: str) -> str:
    """Text for people to read: without what cannot be seen, except where it shapes what stands beside it.

    Joiners and variants stay in scripts that spell with them and in the pictures that are made of several, as Unicode
    Standard Annex 31 (section 2.3) and Technical Standard 51 have it; marks of direction stay in no text.
    """
    return text if text.isascii() else _UNSEEN.sub(_what_shapes, text)


def _what_shapes(found: re.Match[str]) -> str:
    text, (begin, end) = found.string, found.span()
    before = text[begin - 1] if begin else ""
    after = text[end] if end < len(text) else ""
    run = found.group()
    if before == _FLAG and run.endswith(_END_OF_TAGS):
        return run
    return "".join([each for each in run if _shapes(each, before, after)][:2])


def _shapes(each: str, before: str, after: str) -> bool:
    kind, next_kind = (unicodedata.category(one) if one else "" for one in (before, after))
    if each == _ZERO_WIDTH_NON_JOINER:
        return kind in _SPELLING and next_kind in _SPELLING
    if each == _ZERO_WIDTH_JOINER:
        return (kind in _SPELLING and next_kind in _SPELLING) or (kind in _PICTURES and next_kind in _PICTURES)
    if "\ufe00" <= each <= "\ufe0f":
        return kind in _PICTURES or kind == "Lo" or after == _KEYCAP
    return kind == "Lo" and ("\U000e0100" <= each <= "\U000e01ef" or "\u180b" <= each <= "\u180f")


def _seen(value: object) -> object:
    return without_unseen(value) if isinstance(value, str) else value


def _parsed(value: object) -> object:
    return plain_form(value) if isinstance(value, str) else value


def _prose(value: object, handler: ValidatorFunctionWrapHandler) -> str:
    text: str = handler(tidy(value) if isinstance(value, str) else value)
    if _CONTROL.search(text):
        raise PydanticCustomError("text_invalid", "Leave out control characters.")
    return text


def _title(value: object, handler: ValidatorFunctionWrapHandler) -> str:
    text = _prose(value, handler)
    if _BREAK.search(text):
        raise PydanticCustomError("text_invalid", "Write it on one line.")
    if not any(character.isalnum() for character in text):
        raise PydanticCustomError("text_invalid", "Write at least one letter or digit.")
    return text


def _name(value: object, handler: ValidatorFunctionWrapHandler) -> str:
    text = _title(value, handler)
    if "<" in text or ">" in text:
        raise PydanticCustomError("text_invalid", "Leave out < and >.")
    return text


#: Any number of lines, none included.
PROSE = WrapValidator(_prose)
#: One line with something to read in it.
TITLE = WrapValidator(_title)
#: A title without what a mail client could take for markup.
NAME = WrapValidator(_name)
#: What a program reads as it is written, such as a mail address.
SEEN = BeforeValidator(_seen)
#: What a program reads: a number, a code, a key.
PARSED = BeforeValidator(_parsed)
