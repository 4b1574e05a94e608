"""Of what tests were answered, the examples are what shows something."""

from __future__ import annotations

from typing import Any

from infra.docs.examples import choose, merge
from infra.docs.openapi_operations import REFUSED

JSON = "application/json"
EVENT = "BEGIN:VEVENT\r\nUID:{}\r\nEND:VEVENT\r\n"


def row(answer: Any, media: str = JSON, **more: Any) -> dict[str, Any]:
    return {"operation": "op", "status": 200, "code": "", "sent": None, "media": media, "answer": answer, **more}


def answer_of(*rows: dict[str, Any]) -> Any:
    ((media, answer),) = choose(list(rows))["op"]["responses"]["200"].items()
    assert media == rows[0]["media"]
    return answer


def test_an_empty_list_shows_nothing() -> None:
    assert answer_of(row([]), row([{"name": "cancel"}])) == [{"name": "cancel"}]
    assert answer_of(row({"items": []}), row({"items": [{"id": "a"}], "next": None})) == {
        "items": [{"id": "a"}],
        "next": None,
    }


def test_a_request_that_says_something_comes_first() -> None:
    chosen = choose([row({"id": "a"}), row({"id": "a"}, sent={}), row({"id": "abc"}, sent={"reason": "Late"})])
    assert chosen["op"]["request"] == {"reason": "Late"}


def test_a_request_that_is_answered_with_nothing_is_one_too() -> None:
    assert choose([row(None, media="", status=204, sent={"seq": 4})]) == {"op": {"request": {"seq": 4}}}


def test_tables_and_calendars_are_cut_short_and_stay_whole() -> None:
    table = 'id,note\r\n1,"two\nlines"\r\n2,\r\n3,\r\n'
    assert answer_of(row("id,note\r\n", "text/csv"), row(table, "text/csv")) == 'id,note\r\n1,"two\nlines"\r\n2,\r\n'
    empty = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    events = EVENT.format(1) + EVENT.format(2)
    full = f"BEGIN:VCALENDAR\r\n{events}END:VCALENDAR\r\n"
    one = f"BEGIN:VCALENDAR\r\n{EVENT.format(1)}END:VCALENDAR\r\n"
    assert answer_of(row(empty, "text/calendar"), row(full, "text/calendar")) == one


def test_one_refusal_shows_what_all_look_like() -> None:
    operation, code = REFUSED
    problem = {"code": code, "detail": "Taken."}
    refused = row(
        problem, "application/problem+json", operation=operation, code=code, status=409, sent={"start_at": "x"}
    )
    chosen = choose([refused])[operation]
    assert chosen == {"responses": {"409": {"application/problem+json": problem}}, "codes": [code]}


def test_what_shows_nothing_replaces_nothing() -> None:
    kept = {"op": {"responses": {"200": {JSON: [1]}}}}
    assert merge(kept, {"op": {"responses": {"200": {JSON: []}}}}) == kept


def test_what_some_tests_show_replaces_what_is_kept_of_it_alone() -> None:
    kept = {"op": {"responses": {"200": {JSON: [1]}, "201": {JSON: [2]}}, "codes": ["a"]}, "other": {"codes": ["c"]}}
    new = {"op": {"request": {"x": 1}, "responses": {"200": {"text/csv": "x"}, "201": {JSON: [3]}}, "codes": ["b"]}}
    assert merge(kept, new) == {
        "op": {
            "request": {"x": 1},
            "responses": {"200": {JSON: [1], "text/csv": "x"}, "201": {JSON: [3]}},
            "codes": ["a", "b"],
        },
        "other": {"codes": ["c"]},
    }
