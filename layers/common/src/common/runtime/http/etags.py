"""Optimistic concurrency on the wire: a resource's version as a strong entity tag (RFC 9110 section 8.8.3)."""

import re
from typing import Annotated

from fastapi import Depends, Header

from common.domain.shared.errors import InvalidInput, VersionConflict

_TAG = re.compile(r'"v?(\d{1,18})(?:-(\d{1,18}))?"')
_MAX_LENGTH = 200


def etag(version: int, fee: int | None = None) -> str:
    """The entity tag of a version: ``"7"``, or ``"7-2500"`` where it alone does not say a fee shown with it.

    Args:
        version: the resource's version.
        fee: what is shown beside the version and no part of it, in minor units.
    """
    return f'"{version}"' if fee is None else f'"{version}-{fee}"'


IfMatchHeader = Annotated[str | None, Header(alias="If-Match", max_length=_MAX_LENGTH)]


async def expected_version(if_match: IfMatchHeader = None) -> int | None:
    """The version that ``If-Match`` asks for; ``None`` without the header or for ``*``.

    Raises:
        InvalidInput: it is no entity tag of ours.
    """
    matched = _matched(if_match)
    return int(matched.group(1)) if matched else None


async def seen_fee(if_match: IfMatchHeader = None) -> int | None:
    """The fee that ``If-Match`` names beside the version, in minor units.

    Raises:
        InvalidInput: it is no entity tag of ours.
    """
    matched = _matched(if_match)
    return int(matched.group(2)) if matched and matched.group(2) else None


def _matched(if_match: str | None) -> re.Match[str] | None:
    if if_match is None or if_match.strip() == "*":
        return None
    matched = _TAG.fullmatch(if_match.strip())
    if matched is None:
        raise InvalidInput.of("If-Match", "Send the ETag of one response, or leave the header out.", "invalid_etag")
    return matched


#: ``expected: IfMatch`` in a route's arguments.
IfMatch = Annotated[int | None, Depends(expected_version)]
#: ``fee: SeenFee`` in a route's arguments.
SeenFee = Annotated[int | None, Depends(seen_fee)]


def check_version(expected: int | None, actual: int) -> None:
    """Compare what the caller expects with what is stored.

    Raises:
        VersionConflict: they differ.
    """
    if expected is not None and expected != actual:
        raise VersionConflict("It has changed since you read it. Read it again.", extra={"version": actual})
