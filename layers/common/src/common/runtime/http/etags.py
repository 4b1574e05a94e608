"""Optimistic concurrency on the wire: a resource's version as a strong entity tag (RFC 9110 section 8.8.3)."""

import re
from typing import Annotated

from fastapi import Depends, Header

from common.domain.errors import InvalidInput, VersionConflict

_TAG = re.compile(r'"v?(\d{1,18})"')
_MAX_LENGTH = 200


def etag(version: int) -> str:
    """The entity tag of a version: ``"7"``."""
    return f'"{version}"'


async def expected_version(
    if_match: Annotated[str | None, Header(alias="If-Match", max_length=_MAX_LENGTH)] = None,
) -> int | None:
    """The version that ``If-Match`` asks for; ``None`` without the header or for ``*``.

    Raises:
        InvalidInput: it is no entity tag of ours.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    matched = _TAG.fullmatch(if_match.strip())
    if matched is None:
        raise InvalidInput.of("If-Match", "Send the ETag of one response, or leave the header out.", "invalid_etag")
    return int(matched.group(1))


#: ``expected: IfMatch`` in a route's arguments.
IfMatch = Annotated[int | None, Depends(expected_version)]


def check_version(expected: int | None, actual: int) -> None:
    """Compare what the caller expects with what is stored.

    Raises:
        VersionConflict: they differ.
    """
    if expected is not None and expected != actual:
        raise VersionConflict("It has changed since you read it. Read it again.", extra={"version": actual})
