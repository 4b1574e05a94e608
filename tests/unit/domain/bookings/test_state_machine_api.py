"""The table handed out: schemas, diagram, page, settings; and that what people read is what runs."""

from __future__ import annotations

import ast
import json
import re
from datetime import timedelta
from pathlib import Path

import common
import pytest
from common.domain.bookings.booking import ActorKind, BookingStatus
from common.domain.bookings.settings import BookingSettings, load_booking_settings
from common.domain.bookings.state_machine import TABLE, TERMINAL, get_available_booking_actions, to_json, to_mermaid
from common.domain.bookings.state_machine.table import TIMED_TRANSITIONS, TRANSITIONS

import functions
from infra.docs import booking_states
from tests.unit.domain.bookings.support import PROVIDER, SETTINGS, accepted

DESIGNED = {
    "create",
    "confirm_payment",
    "expire_payment",
    "accept",
    "decline",
    "expire",
    "authorize",
    "payment_default",
    "propose_reschedule",
    "accept_reschedule",
    "decline_reschedule",
    "cancel",
    "start",
    "mark_no_show",
    "complete",
    "flag_unstarted",
    "open_dispute",
    "resolve",
    "settle",
}


def test_the_table_has_every_designed_action_once() -> None:
    names = [transition.name for transition in TABLE]
    assert len(names) == len(set(names))
    assert set(names) >= DESIGNED


def test_every_row_is_fit_to_be_shown() -> None:
    for transition in TABLE:
        assert transition.label, transition.name
        assert transition.note.endswith("."), transition.name
        assert transition.summary, transition.name
        assert transition.actors, transition.name
        assert (ActorKind.SYSTEM in transition.actors) or transition.timer is None, transition.name
        assert not (set(transition.sources) & TERMINAL and transition.targets), (
            f"{transition.name} leaves a terminal status"
        )
        assert transition.choose is not None or len(transition.targets) <= 1, transition.name


def test_no_code_but_the_table_names_an_action() -> None:
    """What follows from an action's name is a field of its transition; ``refund`` and others mean other things too."""
    also_meant = {"authorize", "refund", "chargeback", "create"}
    # These contexts have tables of their own, some of whose actions are called the same.
    other_machines = {"matching", "reports"}
    named = [
        (path.name, node.value)
        for package in (common, functions)
        for path in Path(package.__path__[0]).rglob("*.py")
        if not path.name.startswith("transitions_") and not other_machines.intersection(path.parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in TRANSITIONS.keys() - also_meant
    ]
    assert not named, "put what depends on it into the row; name a notification after the fact, not the action"


def test_every_status_but_the_ends_can_be_left_by_the_system() -> None:
    left = {source for transition in TIMED_TRANSITIONS if transition.targets for source in transition.sources}
    assert set(BookingStatus) - TERMINAL <= left


def test_an_offer_carries_the_schema_that_draws_its_form() -> None:
    life = accepted()
    life.at(life.booking.slot.start_at)
    offers = {
        offer.action_name: offer for offer in get_available_booking_actions(life.booking, PROVIDER, life.now, SETTINGS)
    }
    schema = offers["start"].input_schema
    assert schema is not None
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["code"]
    assert schema["properties"]["code"]["pattern"] == "^[0-9]{6}$"
    json.dumps(offers["start"].model_dump(mode="json"))


def test_the_diagram_draws_every_transition_of_the_table() -> None:
    drawn = set(re.findall(r"^ +(\S+) --> (\S+): (\S+)$", to_mermaid(), re.MULTILINE))
    expected = {
        (source, target.value, transition.name)
        for transition in TABLE
        for target in transition.targets
        for source in ([status.value for status in transition.sources] or ["[*]"])
    }
    assert drawn == expected
    assert all(f"{status.value} --> [*]" in to_mermaid() for status in TERMINAL)


def test_the_json_table_serialises_and_names_every_axis() -> None:
    table = json.loads(json.dumps(to_json(SETTINGS)))
    assert set(table["axes"]) == {"status", "payment", "payout", "review"}
    assert [action["name"] for action in table["actions"]] == [*TRANSITIONS, "chargeback"]
    assert table["actions"][-1]["who"] == ["webhook", "system"]
    assert set(table["terminal"]) == {status.value for status in TERMINAL}


def test_the_page_in_the_repository_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    assert booking_states.main(["--check"]) == 0, capsys.readouterr().out


def test_a_stale_page_is_noticed_and_written_anew(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path_factory.mktemp("docs") / "booking-states.md"
    monkeypatch.setattr(booking_states, "PAGE", page)
    assert booking_states.main(["--check"]) == 1
    assert "stale" in capsys.readouterr().out
    assert booking_states.main([]) == 0
    assert booking_states.is_current()


class TestSettings:
    def test_without_variables_the_defaults_hold(self) -> None:
        assert load_booking_settings({"PATH": "/bin"}) == BookingSettings()
        assert BookingSettings().payment_hold == timedelta(minutes=15)

    def test_durations_are_iso_8601_and_numbers_are_numbers(self) -> None:
        settings = load_booking_settings({"BOOKING_SETTINGS": '{"payment_hold": "PT5M", "reschedule_limit": 1}'})
        assert (settings.payment_hold, settings.reschedule_limit) == (timedelta(minutes=5), 1)

    @pytest.mark.parametrize(
        ("given", "named"),
        [
            ('{"payment_hold": "soon"}', "payment_hold"),
            ('{"payment_hold": "-PT5M"}', "payment_hold"),
            ('{"commission_basis_points": 10001}', "commission_basis_points"),
            ('{"reschedule_limit": -1}', "reschedule_limit"),
            ('{"commission_by_category": "10 %"}', "commission_by_category"),
            (
                '{"commission_by_category": {"garden": {"basis_points": -1}}}',
                "commission_by_category.garden.basis_points",
            ),
            ('{"tax_rules": {"NZD": {"name": "GST", "basis_points": 1500}}}', "tax_rules.NZD"),
            ('{"platform_tax_numbers": []}', "platform_tax_numbers"),
            ('{"payment_holds": "PT5M"}', "payment_holds: Extra inputs are not permitted"),
            ('{"commission_by_category": {"garden": {"share": 1}}}', "commission_by_category.garden.share"),
            ('{"evidence_limit": -1, "payment_hold": "soon"}', "payment_hold: .*; evidence_limit"),
            ("12 %", "JSON"),
            ("[]", "JSON"),
        ],
    )
    def test_a_value_that_cannot_be_used_is_named(self, given: str, named: str) -> None:
        with pytest.raises(ValueError, match=f"BOOKING_SETTINGS cannot be used: .*{named}"):
            load_booking_settings({"BOOKING_SETTINGS": given})
