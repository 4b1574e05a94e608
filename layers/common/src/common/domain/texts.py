"""Text that people write: nothing in it that cannot be seen, or that shows other text in another order.

The three validators go behind a field's own limits: ``Annotated[str, Field(max_length=120), TITLE]``.
"""

import re

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

#: Controls but for tab and line breaks, and the overrides of direction that make text read as what it is not
#: (Unicode Technical Report 36, section 2.5; https://trojansource.codes).
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
#: What takes no room: one name with it looks like another without. Joiners stay, which several scripts spell with.
_NO_WIDTH = re.compile("[\u00ad\u180e\u200b\u200e\u200f\u2060-\u2064\ufeff]")
_BREAK = re.compile("[\t\n\r\u2028\u2029]")


def _prose(value: str) -> str:
    if _UNSEEN.search(value):
        raise PydanticCustomError("text_invalid", "Leave out control characters.")
    return value


def _title(value: str) -> str:
    if _BREAK.search(value):
        raise PydanticCustomError("text_invalid", "Write it on one line.")
    if not any(character.isalnum() for character in value):
        raise PydanticCustomError("text_invalid", "Write at least one letter or digit.")
    return _prose(value)


def _name(value: str) -> str:
    if "<" in value or ">" in value:
        raise PydanticCustomError("text_invalid", "Leave out < and >.")
    if _NO_WIDTH.search(value):
        raise PydanticCustomError("text_invalid", "Leave out characters that cannot be seen.")
    return _title(value)


#: Any number of lines, none included.
PROSE = AfterValidator(_prose)
#: One line with something to read in it.
TITLE = AfterValidator(_title)
#: A title without what a mail client could take for markup.
NAME = AfterValidator(_name)
