"""The two parties of a booking write to each other before it is accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from infra.local.demo.narrator import Narrator
    from infra.local.demo.story import Cast

_QUESTION = {"text": "Is the gate wide enough? Ring me on 021 123 4567.", "client_id": "question-1"}
_ANSWER = {"text": "Yes, a metre and a half. See you then."}


def play(narrator: Narrator, cast: Cast, booking: dict[str, Any]) -> None:
    """A question, sent twice by a bad line; contact details stay hidden; an answer; both have read.

    Args:
        narrator: says what happens.
        cast: the people; the provider asks.
        booking: one that waits for its provider.
    """
    tom, aroha = cast.provider, cast.customer
    path = f"/v1/conversations/{booking['conversation_id']}"
    asked = tom.call("POST", f"{path}/messages", _QUESTION)
    again = tom.call("POST", f"{path}/messages", _QUESTION)
    narrator.expect("the message sent again", again["id"], asked["id"])
    narrator.expect("hidden before the acceptance", asked["is_masked"], expected=True)
    narrator.step(tom.name, f"writes “{asked['text']}”; a bad line sends it twice, and it is there once")
    [talk] = aroha.call("GET", "/v1/conversations")["items"]
    narrator.expect("unread", talk["unread_count"], 1)
    answered = aroha.call("POST", f"{path}/messages", _ANSWER)
    narrator.expect("numbers without a gap", answered["seq"], asked["seq"] + 1)
    aroha.call("POST", f"{path}/read", {"seq": answered["seq"]})
    tom.call("POST", f"{path}/read", {"seq": answered["seq"]})
    narrator.expect("unread", tom.call("GET", path)["unread_count"], 0)
    narrator.step(aroha.name, f"reads it and answers “{answered['text']}”; both have read everything")
