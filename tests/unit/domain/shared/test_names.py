"""Names of people and of businesses."""

from __future__ import annotations

import pytest
from common.domain.shared.names import MAX_LENGTH, PersonName, TradingName, clean_name
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

PERSON: TypeAdapter[str] = TypeAdapter(PersonName)
TRADING: TypeAdapter[str] = TypeAdapter(TradingName)

NAMES = [
    "Aroha Ngata",
    "Dr. Smith",
    "O\u02bbahu Plumbing",
    "李小龙",
    "24/7 Plumbing & Gas (Wellington) Ltd.",
    "A.B.C. Tiles",
]
NO_NAMES = [
    "",
    "   ",
    "!!!",
    "two\nlines",
    "a" * (MAX_LENGTH + 1),
    "\N{RIGHT-TO-LEFT OVERRIDE}\u200b",
    "<b>bold</b>",
    "see https://evil.example/x",
    "www.evil.example",
    "kauri.co.nz",
    "Evil.Com",
    "Kauri.Info",
    "Visit Evil.Com",
    "021\N{EN DASH}123\N{EN DASH}4567",
    "tom@example.org",
    "call 021 123 4567",
]


@pytest.mark.parametrize("text", NAMES)
def test_a_name_is_taken_as_it_is_written(text: str) -> None:
    assert PERSON.validate_python(f" {text} ") == text
    assert TRADING.validate_python(text) == text


@pytest.mark.parametrize("text", NO_NAMES)
def test_what_is_no_name_is_refused_for_people_and_businesses_alike(text: str) -> None:
    for kind in (PERSON, TRADING):
        with pytest.raises(ValidationError):
            kind.validate_python(text)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("Aroha Ngata", "Aroha Ngata"),
        ("  Aroha \r\n\t Ngata ", "Aroha Ngata"),
        ("Aroha\N{RIGHT-TO-LEFT OVERRIDE} Ngata\x00\x1b", "Aroha Ngata"),
        ("Aroha\N{ZERO WIDTH SPACE} <b>Ngata</b>", "Aroha b Ngata /b"),
        ("क\u200dष", "क\u200dष"),
        ("a" * 20_000, ""),
        ("Win a prize at https://evil.example/x", ""),
        ("Bob Evil.Com", ""),
        ("\ud800", ""),
        ("!!!", ""),
        ("", ""),
    ],
)
def test_a_name_that_others_tell_is_put_right_or_left_out(told: str, kept: str) -> None:
    assert clean_name(told) == kept


@given(st.text(max_size=300))
def test_a_cleaned_name_is_a_name_or_nothing(told: str) -> None:
    kept = clean_name(told)
    assert kept == "" or PERSON.validate_python(kept) == kept
    assert clean_name(kept) == kept
