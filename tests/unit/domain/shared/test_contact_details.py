"""What leads past the marketplace is noticed however it is written, and ordinary sentences are not."""

from __future__ import annotations

from datetime import date

import pytest
from common.domain.shared.contact_details import has_contact_details
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
    "Two of us, one at a time, double check 5 of 10 pipes",
    "Came at 5.pm, early",
    "At 02/11/2026 10:30, then 03/11/2026: 9 hours",
    "09:00\N{EN DASH}17:30 | 08:00\N{EN DASH}16:30",
    "My shitzu likes it",
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
    "o two one, five five five, one two three four",
    "zero21 5551234",
    "oh 2 1 triple five 1 2 3 4",
    "0 double two 1 555 123",
    "0\ufe0f\u20e32\ufe0f\u20e31\ufe0f\u20e35\ufe0f\u20e35\ufe0f\u20e35\ufe0f\u20e31\ufe0f\u20e32\ufe0f\u20e33\ufe0f\u20e34\ufe0f\u20e3",
    "021\ufe0d 123\u200b 4567",
    "0412 345 678",
    "+61 412 345 678",
    "Evil.Com",
    "Visit Evil.Com",
    "see Joesplumbing.Nz",
    "Paypal.Com Support",
    "Tinyurl.Com",
    "Evil.cOm",
    "visit Joe.It",
    "visit Evil.Info",
    "021\N{EN DASH}123\N{EN DASH}4567",
    "021:123:4567",
    "021 ~ 123 ~ 4567",
    "+64:21:123:4567",
]

#: Also the dashes that word processors make of hyphens, and what else is put between digits.
SEPARATORS = ["", " ", "-", ".", " - ", *"\u200b\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00b7\u2022:|'~;"]


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


@given(st.integers(200_000, 999_999), st.sampled_from(SEPARATORS))
def test_a_mobile_number_is_found_however_its_digits_are_spaced(number: int, between: str) -> None:
    assert has_contact_details(f"ring {between.join(f'021{number}')} please")


_BETWEEN = st.sampled_from([" ", "-", ", ", " to ", "\N{EN DASH}", " \N{EM DASH} ", " | ", " \N{MIDDLE DOT} ", ": "])
_TIME = st.times().map(lambda at: f"{at:%H:%M}")
_DAY = st.dates(date(2020, 1, 1), date(2039, 12, 31)).map(lambda on: [f"{on:%d/%m/%Y}", f"{on:%d.%m.%Y}", f"{on}"])
_MOMENT = st.builds("{} {}".format, _DAY.flatmap(st.sampled_from), _TIME)
_PRICE = st.decimals(1, 9999, places=2).map("${}".format)


@given(st.one_of(*(st.lists(each, min_size=1, max_size=5) for each in (_TIME, _MOMENT, _PRICE))), _BETWEEN)
def test_times_dates_and_prices_are_no_telephone_numbers(parts: list[str], between: str) -> None:
    assert not has_contact_details(f"Booked {between.join(parts)} as agreed")
