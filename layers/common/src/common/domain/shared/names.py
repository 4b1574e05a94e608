"""Names of people and of businesses: one rule, no matter who gives one.

A name is shown in mails, to the other side of a booking and in searches. It is a line of text that reads as it is
written, and no way to send a link or a telephone number to people who did not ask for one.
"""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from common.domain.shared.contact_details import has_contact_details
from common.domain.shared.texts import NAME, tidy

MAX_LENGTH = 120
#: General categories that are not for people.
_CONTROLS = {"Cc", "Cs", "Co", "Cn"}
_MARKUP = str.maketrans("<>", "  ")


def _without_contact_details(value: str) -> str:
    if has_contact_details(value, is_name=True):
        message = "Leave out links, mail addresses and telephone numbers."
        raise PydanticCustomError("contact_details", message)
    return value


#: For names and titles, which mails tell to people who did not ask for them.
NO_CONTACT_DETAILS = AfterValidator(_without_contact_details)

#: What a person is called.
PersonName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_LENGTH),
    Field(examples=["Aroha Ngata"]),
    NAME,
    NO_CONTACT_DETAILS,
]
#: What a business is called.
TradingName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=2, max_length=MAX_LENGTH),
    Field(examples=["Fisher Garden Care"]),
    NAME,
    NO_CONTACT_DETAILS,
]


def clean_name(text: str) -> str:
    """A person's name as somebody else tells it (an identity provider): put right where it can be, else empty.

    Line breaks and markup become spaces, characters that cannot be seen go. What is then no name, because it is too
    long or has a link in it, is left out: the person gives a name later, and a sign-in never fails by it.

    Args:
        text: as the other side sent it, of any length.
    """
    seen = "".join(
        " " if character.isspace() else character
        for character in text[: 10 * MAX_LENGTH].translate(_MARKUP)
        if character.isspace() or unicodedata.category(character) not in _CONTROLS
    )
    try:
        return _person_name().validate_python(" ".join(tidy(seen).split()))
    except ValidationError:
        return ""


def _person_name() -> TypeAdapter[str]:
    return TypeAdapter(PersonName)
