"""Words, stems and typing errors."""

import pytest
from common.domain.search_text import deletions, mistakes, nearest, stem, stems, words
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
        ("the of and", []),
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
    ],
)
def test_forms_of_a_word_share_a_stem(family: list[str]) -> None:
    assert len({stem(word) for word in family}) == 1


@pytest.mark.parametrize("word", ["glass", "bus", "tennis", "king", "her", "ring"])
def test_what_only_looks_like_an_ending_stays(word: str) -> None:
    assert stem(word) == word


def test_stems_do_not_repeat() -> None:
    assert stems("cleaner cleaning cleaners") == ("clean",)


@given(st.text(max_size=40))
def test_any_text_gives_only_plain_words(text: str) -> None:
    assert all(word.isascii() and word.isalnum() and 0 < len(word) <= 24 for word in words(text))


@given(st.text(alphabet="abcdeé", min_size=4, max_size=10), st.data())
def test_one_mistake_shares_a_deletion(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    kind = data.draw(st.sampled_from(["drop", "add", "change", "swap"]))
    letter = data.draw(st.sampled_from("xyz"))
    changed = {
        "drop": word[:at] + word[at + 1 :],
        "add": word[:at] + letter + word[at:],
        "change": word[:at] + letter + word[at + 1 :],
        "swap": word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :],
    }[kind]
    assert mistakes(word, changed) <= 1
    if len(changed) >= 4:
        assert set(deletions(word)) & set(deletions(changed))


def test_the_likeliest_word_comes_first() -> None:
    known = [("plumber", 50), ("plumbing", 90), ("lumber", 10), ("number", 99)]
    assert nearest("plubmer", known) == ["plumber"]
    assert nearest("plumbr", known) == ["plumber"]
    assert nearest("cat", [("cut", 5)]) == []
