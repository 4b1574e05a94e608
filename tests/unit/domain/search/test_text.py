"""Words, stems and typing errors."""

import pytest
from common.domain.search.text import deletions, nearest, stem, stems, title_stems, words
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Māia's House-Cleaning & the Garden", ["maias", "house", "cleaning", "garden"]),
        ("Te Whānau a Apanui", ["te", "whanau", "apanui"]),
        ("café CAFÉ cafe", ["cafe"]),
        ("\u02bbOhana o\u2019Neill", ["ohana", "oneill"]),
        ("$ne {$gt: 1} .*", ["ne", "gt", "1"]),
        ("", []),
        ("the of and", ["the", "of", "and"]),
        ("On It", ["on", "it"]),
        ("!!! ... \u200b", []),
        ("Bjørn Łódź Straße Đorđe Þór Ærø ĳ", ["bjorn", "lodz", "strasse", "dorde", "thor", "aero", "ij"]),
        ("ʻohana ‘ohana `ohana 'ohana ʼohana ohana", ["ohana"]),
        ("ＰＬＵＭＢＥＲ １２ 𝐩𝐥𝐮𝐦𝐛𝐞𝐫", ["plumber", "12"]),
        ("plum\ufe0fb\u200ber", ["plumber"]),
        ("Иван Ёлкин ІВАН", ["ivan", "elkin"]),
        ("Ολυμπία", ["olympia"]),
        ("مُحَمَّد محمد", ["mhmd"]),
        ("北京按摩", ["北京", "京按", "按摩"]),
        ("水 Spa", ["水", "spa"]),
        ("ช่างไฟ", ["ช่", "่า", "าง", "งไ", "ไฟ"]),
        ("🌸 Bloom 🌸🐕\ufe0f C# Wow™", ["🌸", "bloom", "🐕", "c", "wowtm"]),
    ],
)
def test_words_are_plain(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    "family",
    [
        ["cleaner", "cleaners", "cleaning", "clean", "cleans"],
        ["plumber", "plumbers", "plumbing"],
        ["tutor", "tutors", "tutoring"],
        ["dog", "dogs"],
        ["party", "parties"],
        ["box", "boxes"],
        ["trimming", "trimmer"],
        ["bus", "buses"],
        ["minibus", "minibuses"],
        ["shelf", "shelves"],
        ["knife", "knives"],
        ["roof", "roofs", "roofing", "roofer", "roofers"],
        ["move", "mover", "movers", "moving", "moved"],
        ["tile", "tiler", "tiling", "tiles"],
        ["lens", "lenses"],
        ["child", "children"],
        ["tooth", "teeth"],
        ["glass", "glasses"],
        ["mattress", "mattresses"],
        ["repair", "repairs", "repairer", "repaired"],
        ["hairdresser", "hairdressing"],
        ["photo", "photos"],
        ["baby", "babies"],
        ["babysitter", "babysitters", "babysitting", "babysit"],
        ["plaster", "plasterer", "plastering", "plasterers"],
        ["planner", "planners", "planning"],
        ["letter", "letters", "lettering"],
        ["sewer", "sewers"],
        ["programmer", "programming"],
        ["wallpaper", "wallpapering", "wallpapers"],
    ],
)
def test_forms_of_a_word_share_a_stem(family: list[str]) -> None:
    assert len({stem(word) for word in family}) == 1


@pytest.mark.parametrize(
    ("thing", "other"),
    [
        ("sewer", "sewing"), ("sewers", "sew"), ("letter", "letting"), ("letters", "lettings"), ("tower", "towing"),
        ("shower", "showing"), ("gutter", "gutting"), ("mother", "moth"), ("career", "care"), ("counter", "counting"),
        ("cover", "coving"), ("trailer", "trails"), ("locker", "locks"), ("shutter", "shut"), ("matter", "mats"),
        ("poster", "posts"), ("corner", "corn"), ("flowers", "flow"),
    ],
)  # fmt: skip
def test_a_thing_is_not_what_its_ending_would_do(thing: str, other: str) -> None:
    assert stem(thing) != stem(other)


@pytest.mark.parametrize("word", ["glass", "bus", "king", "her", "ring"])
def test_what_only_looks_like_an_ending_stays(word: str) -> None:
    assert stem(word) == word


def test_stems_do_not_repeat() -> None:
    assert stems("cleaner cleaning cleaners") == ("clean",)


@given(st.text(max_size=40))
def test_any_text_gives_only_plain_words_pictures_and_pairs_of_characters(text: str) -> None:
    for word in words(text):
        assert 0 < len(word) <= 24
        assert word.isalnum() if word.isascii() else len(word) <= 2


@given(st.text(max_size=40), st.text(max_size=10), st.text(max_size=10))
def test_what_a_title_holds_it_is_found_by(title: str, before: str, after: str) -> None:
    assert set(stems(title)) <= set(title_stems(f"{before} {title} {after}"))


def test_a_single_character_of_a_script_without_spaces_is_found_anywhere_in_a_name() -> None:
    assert {"北", "京", "北京"} <= set(title_stems("北京"))
    assert stems("京") == ("京",)


def test_a_title_is_found_by_its_stop_words_too() -> None:
    assert {"it", "support"} <= set(title_stems("IT support for you"))
    assert stems("IT support for you") == ("support",)


@given(st.text(alphabet="abcde", min_size=4, max_size=10), st.data())
def test_one_mistake_is_forgiven_and_shares_a_deletion(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    kind = data.draw(st.sampled_from(["drop", "add", "change", "swap"]))
    letter = data.draw(st.sampled_from("xyz"))
    changed = {
        "drop": word[:at] + word[at + 1 :],
        "add": word[:at] + letter + word[at:],
        "change": word[:at] + letter + word[at + 1 :],
        "swap": word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :],
    }[kind]
    assert nearest(word, [(changed, 1)]) == [changed]
    if len(changed) >= 4:
        assert set(deletions(word)) & set(deletions(changed))


def test_the_likeliest_word_comes_first() -> None:
    known = [("plumber", 50), ("plumbing", 90), ("lumber", 10), ("number", 99)]
    assert nearest("plubmer", known) == ["plumber"]
    assert nearest("plumbr", known) == ["plumber"]
    assert nearest("cat", [("cut", 5)]) == []
