"""The table of reports: every action in every status by everybody, and what follows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from common.domain.reports import state_machine
from common.domain.reports.categories import CATEGORIES, ReportCategory
from common.domain.reports.notifications import NOTIFICATIONS
from common.domain.reports.report import (
    PUBLIC,
    UNSOLVED,
    Actor,
    ActorKind,
    Report,
    ReportChange,
    ReportPlace,
    ReportStatus,
    Verdict,
)
from common.domain.reports.settings import ReportSettings
from common.domain.shared.errors import ActionNotAvailable, Forbidden, InvalidInput, NotFound
from common.domain.shared.state_machine import ActionInput

from infra.docs import report_states
from tests.factories.reports import make_report
from tests.fakes.clock import START

SETTINGS = ReportSettings()
NOW = START + timedelta(hours=1)
ACTORS = {kind: Actor(kind=kind, id="usr_1" if kind is ActorKind.AUTHOR else f"usr_{kind.value}") for kind in ActorKind}
SURE = Verdict(is_civic=True, category=ReportCategory.TREE, severity=4, confidence=0.9, reasons=["A fallen tree."])
#: An input that does for each action.
INPUTS: dict[str, Any] = {
    "edit": None,
    "link_job": state_machine.LinkedJob(job_request_id="job_1"),
    "claim": state_machine.NewAuthor(author_id="usr_2", author_name="Mere"),
    "record_verdict": state_machine.Judged(verdict=SURE),
    "reject": {"reason": "It is a private garden."},
    "hide": {"reason": "It shows a face."},
    "mark_duplicate": {"duplicate_of": "rpt_first"},
    "set_category": {"category": "tree"},
    "resolve": {"reason": "Filled in.", "responsible": "City Council"},
    "reopen": {"reason": "It is there again."},
}


def edited(report: Report, **changes: Any) -> ActionInput:
    """An edit that changes fields; the rest as it is."""
    fields = {name: getattr(report, name) for name in state_machine.Edited.model_fields}
    return state_machine.Edited(**{**fields, **changes})


def given(report: Report, action: str) -> Any:
    return edited(report, title="Another title") if action == "edit" else INPUTS.get(action)


def perform(report: Report, action: str, kind: ActorKind, **inputs: Any) -> ReportChange:
    wanted = inputs or given(report, action)
    return state_machine.perform(report, action, ACTORS[kind], wanted, NOW, SETTINGS)


def in_status(status: ReportStatus, **fields: Any) -> Report:
    author = None if fields.pop("is_anonymous", False) else "usr_1"
    return make_report(status=status, author_id=author, **fields)


@pytest.mark.parametrize("status", ReportStatus)
@pytest.mark.parametrize("kind", ActorKind)
def test_what_is_offered_is_what_is_performed_and_nothing_else(status: ReportStatus, kind: ActorKind) -> None:
    for is_anonymous in (False, True):
        report = in_status(status, is_anonymous=is_anonymous)
        offers = state_machine.get_available_report_actions(report, ACTORS[kind], NOW, SETTINGS)
        offered = {each.action_name for each in offers}
        for each in state_machine.TABLE:
            if not each.sources:
                continue
            if each.name in offered:
                check(report, perform(report, each.name, kind), each.name)
            else:
                with pytest.raises((ActionNotAvailable, Forbidden)):
                    perform(report, each.name, kind)


def check(before: Report, change: ReportChange, action: str) -> None:
    """What holds of every change."""
    after = change.report
    assert change.expected_version == before.version
    assert after.version == before.version + 1
    assert after.is_public is (after.status in PUBLIC)
    assert (after.next_due_at is None) is (after.next_due_action is None)
    assert state_machine.next_due(after, SETTINGS) == (
        (after.next_due_at, after.next_due_action) if after.next_due_at else None
    )
    if action != "request_verification":
        assert change.entry is not None
        assert (change.entry.version, change.entry.to_status) == (after.version, after.status)
        assert [each.type for each in change.events].count(state_machine.REPORT_CHANGED) == 1
    told = {each.type for each in change.events if each.topic.value == "notifications"}
    assert told <= set(NOTIFICATIONS)
    if after.status is ReportStatus.PENDING_VERIFICATION:
        assert after.next_due_action in {"request_verification", "give_up_verification"}
    if after.status in UNSOLVED:
        assert after.next_due_action in {"ask_if_fixed", None}
    if after.status is ReportStatus.WITHDRAWN:
        assert (after.photos, after.next_due_at) == ([], None)


def test_a_new_report_waits_for_its_verification_and_is_seen_by_nobody_else() -> None:
    change = state_machine.create(in_status(ReportStatus.PENDING_VERIFICATION), ACTORS[ActorKind.AUTHOR], SETTINGS)

    assert not change.report.is_public
    assert [each.type for each in change.events] == ["report.verification_requested", "report.changed"]
    assert change.report.next_due_at == START + SETTINGS.verification_patience
    assert change.entry is not None
    assert change.entry.actor.id is None, "the timeline keeps no author's account"


@pytest.mark.parametrize(
    ("verdict", "status"),
    [
        ({}, ReportStatus.VERIFIED),
        ({"is_civic": False}, ReportStatus.REJECTED),
        ({"confidence": 0.69}, ReportStatus.NEEDS_REVIEW),
        ({"confidence": 0.69, "is_civic": False}, ReportStatus.NEEDS_REVIEW),
        ({"unsafe": True}, ReportStatus.NEEDS_REVIEW),
    ],
)
def test_a_verdict_publishes_rejects_or_leaves_it_to_a_person(verdict: dict[str, Any], status: ReportStatus) -> None:
    judged = state_machine.Judged(verdict=SURE.model_copy(update=verdict))
    report = in_status(ReportStatus.PENDING_VERIFICATION, category=ReportCategory.OTHER)

    after = state_machine.perform(report, "record_verdict", state_machine.SYSTEM, judged, NOW, SETTINGS).report

    assert (after.status, after.severity) == (status, 4)
    assert after.verification.next_try_at is None
    wanted = ReportCategory.TREE if status is ReportStatus.VERIFIED else ReportCategory.OTHER
    assert after.category is wanted, "the machine names the category only where the author did not"


def test_an_unavailable_verifier_is_asked_again_when_it_may_be_and_after_six_hours_a_person_looks() -> None:
    report = state_machine.create(
        in_status(ReportStatus.PENDING_VERIFICATION), ACTORS[ActorKind.AUTHOR], SETTINGS
    ).report
    later = START + timedelta(minutes=1)
    waiting = state_machine.postpone(report, later, START, SETTINGS)
    assert waiting is not None
    assert (waiting.report.next_due_at, waiting.events, waiting.entry) == (later, [], None)

    assert state_machine.fire(waiting.report, "request_verification", START, SETTINGS) is None, "not due"
    asked = state_machine.fire(waiting.report, "request_verification", later, SETTINGS)
    assert asked is not None
    assert [each.type for each in asked.events] == ["report.verification_requested"]

    given_up = state_machine.fire(
        asked.report, "give_up_verification", START + SETTINGS.verification_deadline, SETTINGS
    )
    assert given_up is not None
    assert given_up.report.status is ReportStatus.NEEDS_REVIEW
    assert state_machine.postpone(given_up.report, later, later, SETTINGS) is None


def test_other_words_are_verified_anew_and_a_name_is_not() -> None:
    report = in_status(ReportStatus.VERIFIED, verified_at=START)

    named = perform_edit(report, author_name="Aroha")
    moved = perform_edit(report, place=ReportPlace(lat=-36.9, lng=174.8))

    assert (named.status, named.author_name, named.verified_at) == (ReportStatus.VERIFIED, "Aroha", START)
    assert (moved.status, moved.is_public, moved.verified_at) == (ReportStatus.PENDING_VERIFICATION, False, None)


def perform_edit(report: Report, **changes: Any) -> Report:
    wanted = edited(report, **changes)
    return state_machine.perform(report, "edit", ACTORS[ActorKind.AUTHOR], wanted, NOW, SETTINGS).report


def test_what_a_person_has_rejected_no_machine_publishes() -> None:
    rejected = perform(in_status(ReportStatus.VERIFIED), "reject", ActorKind.MODERATOR).report

    assert perform_edit(rejected, title="Another title").status is ReportStatus.NEEDS_REVIEW


def test_a_moderator_never_decides_on_their_own_report() -> None:
    own = in_status(ReportStatus.NEEDS_REVIEW)
    as_moderator = Actor(kind=ActorKind.MODERATOR, id="usr_1")

    assert state_machine.get_available_report_actions(own, as_moderator, NOW, SETTINGS) == []


def test_closing_needs_a_reason_and_who_is_responsible() -> None:
    report = in_status(ReportStatus.ACKNOWLEDGED)
    with pytest.raises(InvalidInput) as refused:
        perform(report, "resolve", ActorKind.MODERATOR, reason="Filled in.")

    assert [each.field for each in refused.value.errors] == ["responsible"]


def test_it_is_asked_once_whether_it_is_fixed_after_four_weeks_without_a_change() -> None:
    report = perform(in_status(ReportStatus.VERIFIED), "acknowledge", ActorKind.MODERATOR).report
    due = NOW + timedelta(days=28)
    assert (report.next_due_at, report.next_due_action) == (due, "ask_if_fixed")

    asked = state_machine.fire(report, "ask_if_fixed", due, SETTINGS)

    assert asked is not None
    assert asked.report.next_due_at is None
    assert any(each.type == "report.asked_if_fixed" for each in asked.events)


def test_reopening_ends_after_thirty_days() -> None:
    report = in_status(ReportStatus.RESOLVED)
    late = START + SETTINGS.reopen_window
    author = ACTORS[ActorKind.AUTHOR]

    assert state_machine.perform(report, "reopen", author, INPUTS["reopen"], NOW, SETTINGS).report.status.value == (
        "reopened"
    )
    with pytest.raises(ActionNotAvailable, match="within the last 30 days"):
        state_machine.perform(report, "reopen", author, INPUTS["reopen"], late, SETTINGS)


def test_hidden_and_shown_again_it_is_what_it_was() -> None:
    for verified_at, status in ((START, ReportStatus.VERIFIED), (None, ReportStatus.NEEDS_REVIEW)):
        hidden = perform(in_status(ReportStatus.NEEDS_REVIEW, verified_at=verified_at), "hide", ActorKind.MODERATOR)
        assert perform(hidden.report, "restore", ActorKind.MODERATOR).report.status is status


@pytest.mark.parametrize("verified_at", [None, START])
@pytest.mark.parametrize("status", ReportStatus)
def test_a_moderator_leads_to_a_status_by_the_one_action_that_does(
    status: ReportStatus, verified_at: datetime | None
) -> None:
    report = in_status(status, verified_at=verified_at)
    for wanted in ReportStatus:
        try:
            action = state_machine.action_towards(report, wanted, SETTINGS)
        except ActionNotAvailable:
            continue
        words = {"reason": "Because.", "responsible": "The council", "duplicate_of": "rpt_first", "note": ""}
        asked = state_machine.wanted_of(action, words)
        done = state_machine.perform(report, action, ACTORS[ActorKind.MODERATOR], asked, NOW, SETTINGS)
        assert done.report.status is wanted


def test_unknown_actions_are_none() -> None:
    with pytest.raises(NotFound):
        perform(in_status(ReportStatus.VERIFIED), "create", ActorKind.AUTHOR)


def test_the_events_tell_what_is_counted_before_and_after() -> None:
    shown = in_status(ReportStatus.VERIFIED, upvote_count=3)
    hidden = perform(shown, "hide", ActorKind.MODERATOR)
    (changed,) = [each for each in hidden.events if each.type == state_machine.REPORT_CHANGED]

    assert changed.payload["before"]["geohash"] == shown.geohash
    assert (changed.payload["before"]["votes"], changed.payload["after"]) == (3, None)


def test_every_category_has_its_rules() -> None:
    assert set(CATEGORIES) == set(ReportCategory)


def test_the_page_says_what_the_table_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert report_states.main(["--check"]) == 0, capsys.readouterr().out
    table = state_machine.to_json(SETTINGS)
    assert {each["name"] for each in table["actions"]} == {each.name for each in state_machine.TABLE}
    assert "{" not in "".join(each["follows"] for each in table["actions"])
