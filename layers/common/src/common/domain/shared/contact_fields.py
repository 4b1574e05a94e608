"""How people can be reached, as requests give it: one type each, whichever request it is.

The types bound what is parsed; ``parse_email``, ``parse_phone`` and the geocoder say whether it is what it should be.
"""

from typing import Annotated

from pydantic import Field, StringConstraints

from common.domain.shared.emails import MAX_LENGTH as MAX_EMAIL_LENGTH
from common.domain.shared.texts import PARSED, PROSE, SEEN

#: A mail address.
EmailText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=3, max_length=MAX_EMAIL_LENGTH),
    Field(examples=["aroha@example.com"]),
    SEEN,
]
#: A telephone number.
PhoneText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=3, max_length=32),
    Field(examples=["+64 21 123 4567"]),
    PARSED,
]
#: A postal address.
AddressText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=3, max_length=300),
    Field(examples=["12 Ponsonby Road, Auckland 1011, New Zealand"]),
    PROSE,
]
