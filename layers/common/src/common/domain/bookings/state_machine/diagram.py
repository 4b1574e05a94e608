"""The table for people and programs: a Mermaid diagram, JSON rows and a Markdown page, all made from it."""

from typing import Any

from common.domain.bookings.booking import BookingStatus, PaymentState, PayoutState, ReviewState
from common.domain.bookings.setting_texts import fill
from common.domain.bookings.settings import BookingSettings
from common.domain.bookings.state_machine.offers import input_schema
from common.domain.bookings.state_machine.table import EVERY_ROW, TERMINAL
from common.domain.bookings.state_machine.transition import Row

_DEFAULTS = BookingSettings()
_AXES = {"status": BookingStatus, "payment": PaymentState, "payout": PayoutState, "review": ReviewState}


def to_mermaid() -> str:
    """The status axis as a Mermaid ``stateDiagram-v2`` (https://mermaid.js.org/syntax/stateDiagram.html)."""
    edges = [f"    {source} --> {target}: {row.name}" for row in EVERY_ROW for source, target in _edges(row)]
    ends = [f"    {status.value} --> [*]" for status in BookingStatus if status in TERMINAL]
    return "\n".join(["stateDiagram-v2", *edges, *ends]) + "\n"


def to_json(settings: BookingSettings) -> dict[str, Any]:
    """The whole table and the values of every axis, as ``GET /v1/bookings/state-machine`` answers.

    Args:
        settings: windows and limits that its texts name.
    """
    return {
        "axes": {name: [value.value for value in axis] for name, axis in _AXES.items()},
        "terminal": [status.value for status in BookingStatus if status in TERMINAL],
        "actions": [_row(row, settings) for row in EVERY_ROW],
    }


def to_markdown() -> str:
    """The page ``docs/booking-states.md``."""
    lines = [
        "# The life of a booking",
        "",
        "Generated from `common.domain.bookings.state_machine` by `python -m infra.docs.booking_states`; do not edit.",
        "",
        "```mermaid",
        to_mermaid().rstrip(),
        "```",
        "",
        "A row without a target moves another axis only. The system acts by its timer, everybody else under the",
        "conditions. Windows are the defaults of `common.domain.bookings.settings`.",
        "",
        "| action | label | from | to | who | conditions | timer | asks twice | what follows | audit text |",
        "|---|---|---|---|---|---|---|---|---|---|",
        *[_markdown_row(row) for row in EVERY_ROW],
        "",
        "## Axes",
        "",
        *[f"- `{name}`: {', '.join(f'`{value.value}`' for value in axis)}" for name, axis in _AXES.items()],
    ]
    return "\n".join(lines) + "\n"


def _edges(row: Row) -> list[tuple[str, str]]:
    sources = [source.value for source in row.sources] or ["[*]"]
    return [(source, target.value) for source in sources for target in row.targets]


def _row(row: Row, settings: BookingSettings) -> dict[str, Any]:
    return {
        "name": row.name,
        "label": row.label,
        "note": row.note,
        "from": [status.value for status in row.sources],
        "to": [status.value for status in row.targets],
        "who": [kind.value for kind in row.who],
        "guards": [fill(guard.text, settings) for guard in row.guards],
        "timer": fill(row.timer.text, settings) if row.timer else None,
        "follows": fill(row.follows, settings),
        "is_critical": row.is_critical,
        "input_schema": input_schema(row.input),
    }


def _markdown_row(row: Row) -> str:
    everywhere = len(row.sources) == len(BookingStatus)
    cells = [
        f"`{row.name}`",
        row.label,
        "any" if everywhere else _statuses(row.sources),
        _statuses(row.targets),
        ", ".join(kind.value for kind in row.who),
        "; ".join(fill(guard.text, _DEFAULTS) for guard in row.guards) or "-",
        fill(row.timer.text, _DEFAULTS) if row.timer else "-",
        "yes" if row.is_critical else "-",
        fill(row.follows, _DEFAULTS),
        row.note,
    ]
    return f"| {' | '.join(cells)} |"


def _statuses(statuses: tuple[BookingStatus, ...]) -> str:
    return ", ".join(status.value for status in statuses) or "-"
