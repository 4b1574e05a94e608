"""Which texts a moderator looks at before everybody sees them."""

from __future__ import annotations

import pytest
from common.adapters.text_screen import COARSE_LANGUAGE, CONTACT_DETAILS, RuleTextScreen


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("", []),
        ("Came on time, cut 120 m of hedge in 3.5 hours for $240.00. Thanks!", []),
        ("Scunthorpe's finest; the Shitake mushrooms stayed whole? No: they are called shiitake.", []),
        ("My shitzu barked at the cockatoo; the shiatsu was fine. Came on time.Info was clear, ASP.NET too.", []),
        ("ｓｈｉｔ", [COARSE_LANGUAGE]),
        ("f*ck, bullsh*t", [COARSE_LANGUAGE]),
        ("fu\u200bck", [COARSE_LANGUAGE]),
        ("fuсk in Cyrillic", [COARSE_LANGUAGE]),
        ("f u c k", [COARSE_LANGUAGE]),
        ("shitty, fuuucking, wankers", [COARSE_LANGUAGE]),
        ("Lives in Scunthorpe. Ask for Dick at 12-14 High Street, invoice 2026-11-20.", []),
        ("Ring me: 021 123 4567", [CONTACT_DETAILS]),
        ("+64 (9) 309-1234 is quicker", [CONTACT_DETAILS]),
        ("Write to tom@example.org next time", [CONTACT_DETAILS]),
        ("tom [at] example.co.nz", [CONTACT_DETAILS]),
        ("see www.kauri-gardens.example", [CONTACT_DETAILS]),
        ("book at kauri.co.nz, it is cheaper", [CONTACT_DETAILS]),
        ("What a F\u00fcck1ng mess", [COARSE_LANGUAGE]),
        ("Sh1t work, call 0211234567", [CONTACT_DETAILS, COARSE_LANGUAGE]),
    ],
)
async def test_contact_details_and_coarse_language_are_noticed(text: str, reasons: list[str]) -> None:
    assert list(await RuleTextScreen().reasons_to_hold(text)) == reasons


@pytest.mark.parametrize(
    "word",
    [
        "fucken", "fuckery", "fucktard", "shithouse", "shitload", "shitbag", "cuntface", "bitchin", "dickheaded",
        "f**k", "fu*k", "s**t", "c**t", "f***ing", "absofuckinglutely", "shitfaced", "bullshitting", "arseholes",
        "5h1tbag",
    ],
)  # fmt: skip
async def test_what_is_made_of_a_coarse_word_is_coarse(word: str) -> None:
    assert list(await RuleTextScreen().reasons_to_hold(f"What a {word}.")) == [COARSE_LANGUAGE]


@pytest.mark.parametrize(
    "word",
    [
        "Scunthorpe", "shitzu", "Shitzus", "shitake", "shiitake", "shittim", "Shital", "Shitole", "Shiite", "Penistone",
        "Fukuoka", "Wankel", "cockatoo", "shirt", "sh*rt", "butch", "Kuntz", "f*k",
    ],
)  # fmt: skip
async def test_what_only_looks_like_a_coarse_word_passes(word: str) -> None:
    assert list(await RuleTextScreen().reasons_to_hold(f"About {word} today.")) == []
