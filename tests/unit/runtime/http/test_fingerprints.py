"""Requests that say the same have one fingerprint, however they are written, and others have others."""

from __future__ import annotations

import json
from typing import Any

import pytest
from common.runtime.http.fingerprints import fingerprint
from hypothesis import given
from hypothesis import strategies as st

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
BODIES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
)


def of(body: str | bytes, query: str = "") -> str:
    return fingerprint(query, body.encode() if isinstance(body, str) else body)


def turned(value: Any) -> Any:
    """The same with the members of every object the other way round."""
    if isinstance(value, dict):
        return {name: turned(value[name]) for name in reversed(value)}
    return [turned(each) for each in value] if isinstance(value, list) else value


@given(BODIES)
def test_order_white_space_and_escapes_say_nothing(body: Any) -> None:
    written = json.dumps(body)
    assert of(written) == of(json.dumps(turned(body), indent=3, ensure_ascii=False).encode("utf-8", "surrogatepass"))


@given(SCALARS, SCALARS)
def test_what_says_something_else_has_another(first: Any, second: Any) -> None:
    is_same = json.dumps(first) == json.dumps(second) or (
        not isinstance(first, bool | str | None) and not isinstance(second, bool | str | None) and first == second
    )
    assert (of(json.dumps({"a": first})) == of(json.dumps({"a": second}))) is is_same


@pytest.mark.parametrize(
    "forms",
    [
        ["1", "1.0", "1e0", "1.000", "10e-1", "0.1E1"],
        ["0", "-0", "0.0", "0e5", "-0.00"],
        ["12500", "1.25e4", "125e2", "12500.00"],
        ["-3.10", "-3.1", "-31e-1"],
        ["1" + "0" * 40, "1e40"],
    ],
)
def test_forms_of_one_number_are_one(forms: list[str]) -> None:
    assert len({of(f'{{"amount": {form}}}') for form in forms}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('{"a": 1}', '{"a": "1"}'),
        ('{"a": 1}', '{"a": true}'),
        ('{"a": null}', "{}"),
        ('["a", "b"]', '["b", "a"]'),
        ('{"a": 9007199254740993}', '{"a": 9007199254740992}'),
        ('{"a": 0.1}', '{"a": 0.10000000000000000001}'),
        ('{"a": {"b": 1}}', '{"a": {}, "b": 1}'),
        ('{"a": 10}', '{"a": 1}'),
        ("", "{}"),
        ("not json", "not  json"),
    ],
)
def test_other_bodies_are_others(one: str, other: str) -> None:
    assert of(one) != of(other)


def test_the_query_counts_by_its_parameters() -> None:
    assert of("", "a=1&b=%20") == of("", "b=+&a=1")
    assert of("", "a=1&a=2") != of("", "a=2&a=1")
    assert of("", "a=1") != of("", "a=1&b=")


@pytest.mark.parametrize("body", [b"\xff", b"[" * 60_000, b'{"a": 1e999999999999}', b'{"a": NaN}', b"1" * 60_000])
def test_no_body_is_too_odd(body: bytes) -> None:
    assert of(body) == of(body) != of(body + b" x")
