"""Cursors survive a round trip and nothing else."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from common.domain.shared.errors import InvalidInput
from common.runtime.http.paging import decode_cursor, encode_cursor, make_page
from hypothesis import given
from hypothesis import strategies as st

instants = st.integers(0, 4_102_444_800_000).map(
    lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
)


@given(
    instants, st.text(max_size=40), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False)
)
def test_a_cursor_comes_back_as_it_went(at: datetime, text: str, number: int, score: float) -> None:
    cursor = encode_cursor(at, text, number, score)
    assert decode_cursor(cursor, datetime, str, int, float) == (at, text, number, score)


@given(st.text(max_size=200))
def test_anything_else_is_refused_with_the_field_named(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        decode_cursor(text, datetime, str)
    assert caught.value.errors[0].field == "cursor"


@pytest.mark.parametrize(
    "wire",
    [[1, "x"], [{"t": "1"}, "x"], [{"t": 1}], [{"t": 1}, "x", "y"], [{"t": True}, "x"], [{"t": 1}, 5], {"t": 1}, None,
     [{"t": 10**30}, "x"], [{"x": 1}, "x"]],
)  # fmt: skip
def test_a_cursor_of_another_list_is_refused(wire: object) -> None:
    forged = base64.urlsafe_b64encode(json.dumps(wire).encode()).decode()
    with pytest.raises(InvalidInput):
        decode_cursor(forged, datetime, str)


@pytest.mark.parametrize(("part", "wanted"), [("\ud800", str), (2**63, int), (-(2**63) - 1, int), (10**400, float)])
def test_a_part_that_the_database_cannot_hold_is_refused(part: object, wanted: type[object]) -> None:
    forged = base64.urlsafe_b64encode(json.dumps([part]).encode()).decode()
    with pytest.raises(InvalidInput):
        decode_cursor(forged, wanted)


@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=12), st.integers(1, 5))
def test_pages_cover_the_list_once(rows: list[int], limit: int) -> None:
    seen: list[int] = []
    start = 0
    while True:
        page = make_page(rows[start : start + limit + 1], limit, cursor=lambda row: (row,), item=lambda row: row)
        seen += page.items
        if page.next_cursor is None:
            break
        assert decode_cursor(page.next_cursor, int) == (page.items[-1],)
        start += limit
    assert seen == rows
