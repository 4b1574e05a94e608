"""What leads past the marketplace is noticed however it is written, and ordinary sentences are not."""

from __future__ import annotations

import pytest
from common.domain.contact_details import has_contact_details
from hypothesis import given
from hypothesis import strategies as st

ORDINARY = [
    "Came on time.Info was clear, price as agreed.",
    "He fixed our ASP.NET and VB.NET pages, and knows .NET well",
    "great job.in the end we paid less",
    "Lovely work.is there more to say",
    "All done.No mess",
    "e.g. the a.m. visit, i.e. at 9.30 a.m.",
    "Cut 120 m of hedge in 3.5 hours for $240.00, invoice 2026-11-20",
    "Tiles @ 5.50 each, 12 @ 4.20",
    "Photos are in garden.zip and clip.mov",
    "Prices: 1200 1500 1800 2400",
    "From 2026-11-20 10:30 to 2026-11-21 11:45",
    "A polka dot in the middle",
    "One, two, three and he was done",
    "St.John and Co. at 12-14 High Street",
    "ABN 51 824 753 556",
    "時間通り。ありがとう",
    "Работа сделана.Спасибо",
]
LEADS_AWAY = [
    "see kauri-gardens.co.nz",
    "kauri.com.au is cheaper",
    "joesplumbing.online",
    "MYSITE.COM",
    "visit joe.it",
    "joe.me/book",
    "kauri dot co dot nz",
    "kauri (dot) com",
    "kauri[.]com",
    "kauri . com",
    "kauri .com",
    "ｋａｕｒｉ．ｃｏｍ",
    "kau\u200bri.c\u2060om",
    "kauri。com",
    "https://x.example",
    "hxxp://kauri",
    "www.kauri",
    "joe＠example．com",
    "joe (at) example (dot) com",
    "joe at example dot com",
    "joe [at] gmail",
    "joe@gmail",
    "joe at hotmail",
    "почта@пример.рф",
    "021 123 4567",
    "0 2 1 1 2 3 4 5 6 7",
    "021.123.4567",
    "０２１ １２３ ４５６７",
    "٠٢١ ١٢٣ ٤٥٦٧",
    "O21 123 4567",
    "zero two one one two three four five six seven",
    "oh two one, 123, four five six seven",
    "021\ufe0d 123\u200b 4567",
    "0412 345 678",
    "+61 412 345 678",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_sentence_has_no_contact_details(text: str) -> None:
    assert not has_contact_details(text)


@pytest.mark.parametrize("text", LEADS_AWAY)
def test_what_leads_away_is_found_however_it_is_written(text: str) -> None:
    assert has_contact_details(text)
    assert has_contact_details(f"Good work, {text} next time")


_PLAIN = st.sampled_from(["time", "work", "done", "house", "great", "info", "good", "lovely", "tidy", "garden", "paid"])


@given(st.lists(_PLAIN, min_size=2, max_size=8), st.data())
def test_a_forgotten_space_after_a_sentence_makes_no_site(parts: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(parts) - 1))
    text = " ".join(parts[:at]) + "." + " ".join(parts[at:]).capitalize()
    assert not has_contact_details(text)


@given(
    st.from_regex(r"[a-z]{3,12}(-[a-z]{2,8})?", fullmatch=True),
    st.sampled_from(
        ["com", "net", "org", "info", "co.nz", "nz", "com.au", "io", "app", "biz", "xyz", "shop", "online"]
    ),
    st.sampled_from([".", " dot ", " (dot) ", "[.]", " . ", "．", "\u200b.", ".\u2060"]),
)
def test_a_site_is_found_however_its_dots_are_written(name: str, last: str, dot: str) -> None:
    assert has_contact_details("look at " + f"{name}.{last}".replace(".", dot))


@given(st.integers(200_000, 999_999), st.sampled_from(["", " ", "-", ".", " - ", "\u200b"]))
def test_a_mobile_number_is_found_however_its_digits_are_spaced(number: int, between: str) -> None:
    assert has_contact_details(f"ring {between.join(f'021{number}')} please")
