"""The state machine of reports: one table of actions, and what offers, performs and times by it.

Every function is pure: it takes a report and the present instant and gives a ``ReportChange`` to commit whole.
"""

from common.domain.reports.state_machine.context import SYSTEM, VERIFICATION_REQUESTED
from common.domain.reports.state_machine.diagram import to_json, to_markdown, to_mermaid
from common.domain.reports.state_machine.engine import (
    action_towards,
    create,
    fire,
    get_available_report_actions,
    is_over,
    notes_without_words,
    perform,
    postpone,
    present_state,
    wanted_of,
)
from common.domain.reports.state_machine.inputs import Edited, Judged, LinkedJob, NewAuthor
from common.domain.reports.state_machine.outcome import REPORT_CHANGED, next_due
from common.domain.reports.state_machine.table import TABLE, TERMINAL

__all__ = [
    "REPORT_CHANGED",
    "SYSTEM",
    "TABLE",
    "TERMINAL",
    "VERIFICATION_REQUESTED",
    "Edited",
    "Judged",
    "LinkedJob",
    "NewAuthor",
    "action_towards",
    "create",
    "fire",
    "get_available_report_actions",
    "is_over",
    "next_due",
    "notes_without_words",
    "perform",
    "postpone",
    "present_state",
    "to_json",
    "to_markdown",
    "to_mermaid",
    "wanted_of",
]
