"""Addresses of web pages that one person gives to another."""

import re
from typing import Annotated

from pydantic import AfterValidator, AnyUrl, Field, StringConstraints, TypeAdapter, UrlConstraints, ValidationError
from pydantic_core import PydanticCustomError

from common.domain.shared.texts import SEEN

MAX_LINK_LENGTH = 2_048

_HTTPS = TypeAdapter[AnyUrl](Annotated[AnyUrl, UrlConstraints(allowed_schemes=["https"], host_required=True)])
_PLAIN = re.compile(r"https://[^/\\\s\"<>`][^\\\s\"<>`]*", re.IGNORECASE)
#: Labels with dots between them, the last of which has a letter: what is no number (RFC 3696 section 2).
_DOMAIN = re.compile(r"(?:[a-z0-9_-]{1,63}\.)+(?=[0-9-]*[a-z])[a-z0-9-]{2,63}\.?", re.IGNORECASE)


def parse_https_link(text: str) -> str:
    """The normal form of an ``https`` address (https://url.spec.whatwg.org), as it is stored and shown.

    The parser would repair or drop blanks, backslashes and missing slashes; here such an address is refused. So are
    names and passwords before the host, which make an address look like another one's, and hosts that are no domains.

    Raises:
        PydanticCustomError: it is none (``invalid_link``).
    """
    try:
        url = _HTTPS.validate_python(text) if _PLAIN.fullmatch(text) and text.isprintable() else None
    except ValidationError:
        url = None
    if url is None or url.username or url.password or not _DOMAIN.fullmatch(url.host or "") or _is_long(url):
        raise PydanticCustomError("invalid_link", "Give a whole address that begins with https://.")
    return str(url)


def _is_long(url: AnyUrl) -> bool:
    """Whether what was written in other letters has become too long."""
    return len(str(url)) > MAX_LINK_LENGTH


#: A web page that opens for whoever has its address.
HttpsLink = Annotated[
    str,
    SEEN,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_LINK_LENGTH),
    AfterValidator(parse_https_link),
    Field(examples=["https://meet.example.com/abc-defg-hij"], json_schema_extra={"format": "uri"}),
]
