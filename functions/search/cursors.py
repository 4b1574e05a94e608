"""Cursors of searches: where in which batch a page ended, and of which query."""

from hashlib import blake2b
from math import isfinite

from common.application.ports.search.listings import Position
from common.application.search.listing_search import Bookmark
from common.application.search.queries import SearchQuery
from common.domain.shared.errors import InvalidInput
from common.runtime.http.paging import decode_cursor, encode_cursor

_SUM_BYTES = 8
_TYPES = (str, str, int, float, str, float, str, float, str)


def search_cursor(query: SearchQuery, bookmark: Bookmark, currency: str | None, tries: int) -> str:
    """The cursor of a page's end; it fits only the query it was made for.

    It carries the currency that prices are compared in and how loosely the query was understood, so that all pages
    are of one search.
    """
    parts = [currency or "", tries, *_parts(bookmark)]
    return encode_cursor(_sum(query, parts), *parts)


def read_search_cursor(query: SearchQuery, cursor: str) -> tuple[Bookmark, str | None, int]:
    """Read a cursor back, its currency, and how many looser tries it took.

    Raises:
        InvalidInput: it is none of a search's, was made for another query, or was changed.
    """
    given, *parts = decode_cursor(cursor, *_TYPES)
    values, ids = parts[2::2], parts[3::2]
    if given != _sum(query, parts) or not all(isfinite(value) for value in values):
        raise InvalidInput.of("cursor", "This cursor belongs to another search.", "invalid_cursor")
    places = [Position(value, id_) if id_ else None for value, id_ in zip(values, ids, strict=True)]
    bookmark = Bookmark(after=places[0], until=places[1], shown=places[2])
    return bookmark, parts[0] or None, parts[1]


def _parts(bookmark: Bookmark) -> list[float | str]:
    parts: list[float | str] = []
    for place in (bookmark.after, bookmark.until, bookmark.shown):
        parts += [float(place.value), place.id] if place else [0.0, ""]
    return parts


def _sum(query: SearchQuery, parts: list[float | str]) -> str:
    return blake2b(repr((query, parts)).encode(), digest_size=_SUM_BYTES).hexdigest()
