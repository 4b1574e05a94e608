"""Cursors: where the next page of a list begins.

A cursor names the sort values of the last item seen, so a page stays right while rows are inserted. It is opaque but
not secret: it says nothing the caller has not seen, and each query it feeds is filtered by the caller's rights again.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from fastapi import Query

from common.domain.shared.errors import InvalidInput
from common.runtime.http.schemas import Page

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
_MAX_CURSOR_LENGTH = 1024
_INT64 = 2**63

#: ``?limit=``: 1 to 100, 20 by default.
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Items per page")]
#: ``?cursor=``: what an earlier page gave as ``next_cursor``.
Cursor = Annotated[str | None, Query(max_length=_MAX_CURSOR_LENGTH, description="`next_cursor` of the page before")]

Part = str | int | float | datetime
T = TypeVar("T")
U = TypeVar("U")


def encode_cursor(*parts: Part) -> str:
    """Make a cursor from the sort values of the last item, in sort order."""
    wire = [{"t": _milliseconds(part)} if isinstance(part, datetime) else part for part in parts]
    return base64.urlsafe_b64encode(json.dumps(wire, separators=(",", ":")).encode()).rstrip(b"=").decode()


def decode_cursor(cursor: str, *types: type[Any]) -> tuple[Any, ...]:
    """Read a cursor back.

    Args:
        cursor: as a caller sent it.
        types: the type of each part, as ``encode_cursor`` got them; an ``int`` passes for a ``float``.

    Returns:
        The parts, instants aware in UTC.

    Raises:
        InvalidInput: it is not one of this list's cursors.
    """
    try:
        wire = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        parts = zip(_exact(wire, list), types, strict=True)
        return tuple(_typed(part, wanted) for part, wanted in parts)
    except (binascii.Error, ValueError, TypeError, KeyError, OverflowError, OSError, RecursionError) as error:
        raise InvalidInput.of("cursor", "This is not a cursor of this list.", "invalid_cursor") from error


def make_page(
    rows: Sequence[T], limit: int, *, cursor: Callable[[T], Sequence[Part]], item: Callable[[T], U]
) -> Page[U]:
    """Make a page out of up to ``limit + 1`` rows.

    Args:
        rows: what the query gave; ask it for ``limit + 1``, so that a full last page has no ``next_cursor``.
        limit: the page's size.
        cursor: gives a row's sort values.
        item: makes the response's item of a row.
    """
    shown = rows[:limit]
    more = len(rows) > limit
    return Page(items=[item(row) for row in shown], next_cursor=encode_cursor(*cursor(shown[-1])) if more else None)


def _typed(part: Any, wanted: type[Any]) -> Part:
    """The part as the list's type, if the database could hold it: text in UTF-8, integers of 64 bits."""
    if wanted is datetime:
        return datetime.fromtimestamp(_exact(part["t"], int) / 1000, UTC)
    if wanted is float:
        return float(_exact(part, int, float))
    typed: Part = _exact(part, wanted)
    if isinstance(typed, str):
        typed.encode()
    elif isinstance(typed, int) and not -_INT64 <= typed < _INT64:
        raise OverflowError
    return typed


def _exact(part: Any, *allowed: type[Any]) -> Any:
    if type(part) not in allowed:
        raise TypeError
    return part


def _milliseconds(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)
