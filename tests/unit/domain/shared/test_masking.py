"""Contact details are hidden in messages however they are written, and ordinary words are left alone."""

from __future__ import annotations

import pytest
from common.domain.shared.contact_details import has_contact_details
from common.domain.shared.masking import HIDDEN, mask_contact_details, may_go_on, shown_text
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.shared.test_contact_details import LEADS_AWAY, ORDINARY

MASKED = {
    "call me on 021 123 4567 please": "call me on [hidden] please",
    "ph (09) 555-1234 thanks": "ph [hidden] thanks",
    "+64 21 123 4567 8": "[hidden]",
    "zero two one one two three four five six seven works": "[hidden] works",
    "my mail is aroha@example.com thanks": "my mail is [hidden] thanks",
    "write to aroha at gmail dot com instead": "write to [hidden] instead",
    "visit www.foo.co.nz now": "visit [hidden] now",
    "I am @gardener_joe there": "I am [hidden] there",
    "insta: gardener_joe": "[hidden]",
    "my whatsapp is 0211234567": "my whatsapp is [hidden]",
    "mail a@b.com, ring 021 123 4567": "mail [hidden] ring [hidden]",
}
KEPT = [*ORDINARY, "Facebook is fun", "Meet @ 5pm", "See you at 10:30 on 12/03/2026, 3 beds, $1200.50", ""]
_WORDS = st.sampled_from([*MASKED, *LEADS_AWAY, *ORDINARY, "hello", "one", "at", "dot", "\n", "(", "12", "@"])


@pytest.mark.parametrize(("text", "masked"), MASKED.items())
def test_as_few_words_as_possible_are_hidden(text: str, masked: str) -> None:
    assert mask_contact_details(text) == masked


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (["021 123", "4567"], ["021 123", "[hidden]"]),
        (["Call 021", "123", "4567 after five"], ["Call 021", "123", "[hidden] after five"]),
        (["zero two one one", "two three four", "five six seven"], ["zero two one one", "two three four", "[hidden]"]),
        (["021 123", "4567", "4567"], ["021 123", "[hidden]", "[hidden]"]),
        (["ring 021 123 4567", "10 people come"], ["ring [hidden]", "10 people come"]),
        (["021 123", "Which day?", "4567"], ["021 123", "Which day?", "4567"]),
        (["The fence is 12 m", "3 m high, 40 posts"], ["The fence is 12 m", "3 m high, 40 posts"]),
    ],
)
def test_a_number_is_hidden_where_it_goes_on_in_the_next_text(said: list[str], shown: list[str]) -> None:
    seen = list[str]()
    for text in said:
        seen.append(mask_contact_details(text, before="\n".join(seen) if may_go_on(text) else ""))
    assert seen == shown


@pytest.mark.parametrize(
    ("text", "may"), [("4567", True), (" (4567", True), ("six seven", True), ("o 4", True), ("\u2463", True),
                      ("on Monday", False), ("sixty", False), ("", False), ("Hello 4567", False)],
)  # fmt: skip
def test_what_begins_like_the_rest_of_a_number_may_go_on_with_one(text: str, may: bool) -> None:
    assert may_go_on(text) is may


@pytest.mark.parametrize("text", KEPT)
def test_ordinary_words_stay(text: str) -> None:
    assert mask_contact_details(text) == text


@given(st.lists(_WORDS, max_size=6).map(" ".join) | st.text(max_size=60), st.sampled_from(["", "021", "Hello"]))
def test_nothing_is_found_in_what_is_shown_and_hiding_again_changes_nothing(text: str, before: str) -> None:
    masked = mask_contact_details(text, before=before)
    assert not has_contact_details(masked)
    assert mask_contact_details(masked) == masked
    assert masked == text or HIDDEN in masked


@pytest.mark.parametrize("detail", LEADS_AWAY)
@given(before=st.sampled_from(["", "Hello, ", "Please "]), after=st.sampled_from(["", " thanks", "\nBye"]))
def test_whatever_leads_away_is_hidden_wherever_it_stands(detail: str, before: str, after: str) -> None:
    assert not has_contact_details(mask_contact_details(f"{before}{detail}{after}"))


def test_what_was_written_is_kept_only_where_something_is_hidden() -> None:
    assert shown_text("call 021 123 4567", is_disclosed=False) == ("call [hidden]", "call 021 123 4567")
    assert shown_text("call 021 123 4567", is_disclosed=True) == ("call 021 123 4567", None)
    assert shown_text("hello", is_disclosed=False) == ("hello", None)
