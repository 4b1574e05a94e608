"""Offering and performing: both ask the same rows of the same table."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from common.domain.reports.report import Actor, ActorKind, Report, ReportChange, ReportStatus
from common.domain.reports.settings import ReportSettings
from common.domain.reports.state_machine.context import POSTPONE, SYSTEM, Context, Draft, ReportTransition
from common.domain.reports.state_machine.outcome import begin, finalize, to_change
from common.domain.reports.state_machine.table import CREATE, TABLE, TERMINAL, TRANSITIONS
from common.domain.shared.errors import ActionNotAvailable
from common.domain.shared.events import Topic
from common.domain.shared.state_machine import ActionInput, Offer, find, offer_of, parse_input, require_open

#: What somebody may ask for: a report is made another way.
_PERFORMED = {name: transition for name, transition in TRANSITIONS.items() if transition.sources}
#: What moderators may do, by the status that it leads to.
_MODERATING = tuple(each for each in TABLE if ActorKind.MODERATOR in each.actors and each.targets)

Given = Mapping[str, Any] | ActionInput | None


def create(report: Report, actor: Actor, settings: ReportSettings) -> ReportChange:
    """Make a report; it waits to be verified, and only its author sees it.

    Args:
        report: as its author writes it, at the instant ``created_at``.
        actor: its author.
        settings: windows and limits.
    """
    context = Context(report, actor, report.created_at, settings)
    draft = CREATE.run_effects(context, Draft(report, report.created_at))
    return to_change(None, finalize(None, draft, settings), actor, CREATE.name, CREATE.note)


def get_available_report_actions(report: Report, actor: Actor, now: datetime, settings: ReportSettings) -> list[Offer]:
    """What this actor may do with the report now, in the table's order."""
    context = Context(report, actor, now, settings)
    return [offer_of(each) for each in TABLE if each.is_open_to(context)]


def perform(
    report: Report, action: str, actor: Actor, given: Given, now: datetime, settings: ReportSettings
) -> ReportChange:
    """Perform an action; that the actor is who they say is checked outside.

    Args:
        report: the report as stored.
        action: a name of the table.
        actor: who acts.
        given: the action's input as sent, or already read.
        now: the present instant.
        settings: windows and limits.

    Raises:
        NotFound: no such action (``unknown_action``).
        Forbidden: the action is never for this part.
        ActionNotAvailable: not in this state or not now; ``extra`` has the status and what is available.
        InvalidInput: the input is wrong; fields are named.
    """
    transition = find(_PERFORMED, action)
    context = Context(report, actor, now, settings)
    require_open(transition, context, lambda: present_state(report, actor, now, settings))
    read = given if isinstance(given, transition.input) else parse_input(transition.input, _plain(given))
    return _decide(replace(context, input=read), transition)


def action_towards(report: Report, status: ReportStatus, settings: ReportSettings) -> str:
    """The name of what a moderator does to lead a report to a status, and to no other one.

    Raises:
        ActionNotAvailable: nothing of what moderators may do leads there from where the report is.
    """
    context = Context(report, SYSTEM, report.updated_at, settings)
    for each in _MODERATING:
        if report.status in each.sources and each.target(context) is status:
            return each.name
    words = status.value.replace("_", " ")
    raise ActionNotAvailable(
        f"A report that is {report.status.value.replace('_', ' ')} cannot be made {words}.",
        extra={"report_status": report.status.value, "version": report.version},
    )


def wanted_of(action: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """What an action asks for, of all that a moderator has sent; an empty word is as good as none.

    A ``reason`` stands for a ``note`` where that is what is asked for.
    """
    fields = find(_PERFORMED, action).input.model_fields
    words = {**given, "note": given.get("note") or given.get("reason") or ""}
    return {name: value for name, value in words.items() if name in fields and value not in {None, ""}}


def notes_without_words() -> dict[str, str]:
    """By action for which an author may give a reason or a note, the timeline's text without it."""
    said = {"note", "reason"}
    return {
        each.name: each.note
        for each in TABLE
        if ActorKind.AUTHOR in each.actors and not said.isdisjoint(each.input.model_fields)
    }


def fire(report: Report, action: str, now: datetime, settings: ReportSettings) -> ReportChange | None:
    """Perform a system action if it is due; a doubled, early, late or stale firing gives ``None``."""
    transition = TRANSITIONS.get(action)
    context = Context(report, SYSTEM, now, settings)
    if transition is None or transition.timer is None or not transition.is_open_to(context):
        return None
    return _decide(replace(context, input=parse_input(transition.input, None)), transition)


def postpone(report: Report, until: datetime, now: datetime, settings: ReportSettings) -> ReportChange | None:
    """Have a verification asked for again at an instant, as the verifier is unavailable; the message has done its work.

    Returns:
        ``None`` for a report that waits for no verification any more.
    """
    if report.status is not ReportStatus.PENDING_VERIFICATION:
        return None
    waits = report.verification.model_copy(update={"next_try_at": until})
    draft = finalize(report, begin(report, now).set(verification=waits), settings)
    return to_change(report, draft, SYSTEM, POSTPONE, "")


def present_state(report: Report, actor: Actor, now: datetime, settings: ReportSettings) -> dict[str, Any]:
    """What the one who is refused is told: the status, the version, and what this actor may do now."""
    offers = get_available_report_actions(report, actor, now, settings)
    return {
        "report_status": report.status.value,
        "version": report.version,
        "available_actions": [offer.action_name for offer in offers],
    }


def is_over(report: Report) -> bool:
    """Whether nothing can happen to it any more."""
    return report.status in TERMINAL


def _decide(context: Context, transition: ReportTransition) -> ReportChange:
    """Apply a transition whose guards have passed."""
    before = context.report
    draft = begin(before, context.now)
    target = transition.target(context)
    draft = draft if target is None else draft.set(status=target)
    draft = finalize(before, transition.run_effects(context, draft), context.settings)
    note = _note(transition, context.input)
    for rule in transition.notifications:
        if rule.applies(context, draft.report.status):
            told = [each.value for each in rule.recipients_of(context.actor.kind)]
            draft = draft.emit(
                Topic.NOTIFICATIONS, rule.notification.type, recipients=told, by=context.actor.id, note=note
            )
    return to_change(before, draft, context.actor, transition.name, note)


def _note(transition: ReportTransition, given: object) -> str:
    """The transition's text and what was said."""
    said = next((text for name in ("reason", "note") if (text := getattr(given, name, ""))), "")
    return " ".join(filter(None, (transition.note, said)))


def _plain(given: Given) -> Mapping[str, Any] | None:
    return given.model_dump() if isinstance(given, ActionInput) else given
