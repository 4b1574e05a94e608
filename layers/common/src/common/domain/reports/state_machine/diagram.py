"""The table for people and programs: a Mermaid diagram, JSON rows and a Markdown page, all made from it."""

from typing import Any

from common.domain.reports.report import PUBLIC, ReportStatus
from common.domain.reports.settings import ReportSettings
from common.domain.reports.state_machine.table import TABLE, TERMINAL
from common.domain.shared.setting_texts import fill
from common.domain.shared.state_machine import markdown_table, mermaid, table_row

_DEFAULTS = ReportSettings()


def to_mermaid() -> str:
    """The statuses as a Mermaid ``stateDiagram-v2``."""
    return mermaid(TABLE, [status for status in ReportStatus if status in TERMINAL])


def to_json(settings: ReportSettings) -> dict[str, Any]:
    """The whole table, as ``GET /v1/reports/state-machine`` answers; texts name the settings."""
    return {
        "statuses": [status.value for status in ReportStatus],
        "public": [status.value for status in ReportStatus if status in PUBLIC],
        "terminal": [status.value for status in ReportStatus if status in TERMINAL],
        "actions": [table_row(each, lambda text: fill(text, settings)) for each in TABLE],
    }


def to_markdown() -> str:
    """The page ``docs/report-states.md``."""
    lines = [
        "# The life of a report",
        "",
        "Generated from `common.domain.reports.state_machine` by `python -m infra.docs.report_states`; do not edit.",
        "",
        "```mermaid",
        to_mermaid().rstrip(),
        "```",
        "",
        "A transition without a target changes no status. The system acts by its timer or as a worker, everybody else",
        "under the conditions. Windows are the defaults of `common.domain.reports.settings`.",
        "",
        f"Everybody sees a report that is {', '.join(f'`{each.value}`' for each in ReportStatus if each in PUBLIC)}.",
        "",
        *markdown_table(TABLE, _filled, note="timeline's text", statuses=ReportStatus),
    ]
    return "\n".join(lines) + "\n"


def _filled(text: str) -> str:
    return fill(text, _DEFAULTS)
