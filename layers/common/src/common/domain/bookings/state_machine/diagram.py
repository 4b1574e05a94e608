"""The table for people and programs: a Mermaid diagram, JSON rows and a Markdown page, all made from it."""

from typing import Any

from common.domain.bookings.booking import BookingStatus, PaymentState, PayoutState, ReviewState
from common.domain.bookings.setting_texts import fill
from common.domain.bookings.settings import BookingSettings
from common.domain.bookings.state_machine.offers import input_schema
from common.domain.bookings.state_machine.table import EVERY_TRANSITION, TERMINAL
from common.domain.bookings.state_machine.transition import Transition

_DEFAULTS = BookingSettings()
_AXES = {"status": BookingStatus, "payment": PaymentState, "payout": PayoutState, "review": ReviewState}


def to_mermaid() -> str:
    """The status axis as a Mermaid ``stateDiagram-v2`` (https://mermaid.js.org/syntax/stateDiagram.html)."""
    edges = [
        f"    {source} --> {target}: {transition.name}"
        for transition in EVERY_TRANSITION
        for source, target in _edges(transition)
    ]
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
        "actions": [_row(transition, settings) for transition in EVERY_TRANSITION],
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
        "A transition without a target moves another axis only. The system acts by its timer, everybody else under the",
        "conditions. Windows are the defaults of `common.domain.bookings.settings`.",
        "",
        "| action | label | from | to | who | conditions | timer | asks twice | what follows | audit text |",
        "|---|---|---|---|---|---|---|---|---|---|",
        *[_markdown_row(transition) for transition in EVERY_TRANSITION],
        "",
        "## Axes",
        "",
        *[f"- `{name}`: {', '.join(f'`{value.value}`' for value in axis)}" for name, axis in _AXES.items()],
    ]
    return "\n".join(lines) + "\n"


def _edges(transition: Transition) -> list[tuple[str, str]]:
    sources = [source.value for source in transition.sources] or ["[*]"]
    return [(source, target.value) for source in sources for target in transition.targets]


def _row(transition: Transition, settings: BookingSettings) -> dict[str, Any]:
    return {
        "name": transition.name,
        "label": transition.label,
        "note": transition.note,
        "from": [status.value for status in transition.sources],
        "to": [status.value for status in transition.targets],
        "who": [kind.value for kind in transition.actors],
        "guards": [fill(guard.text, settings) for guard in transition.guards],
        "timer": fill(transition.timer.text, settings) if transition.timer else None,
        "follows": fill(transition.summary, settings),
        "is_critical": transition.is_critical,
        "input_schema": input_schema(transition.input),
    }


def _markdown_row(transition: Transition) -> str:
    everywhere = len(transition.sources) == len(BookingStatus)
    cells = [
        f"`{transition.name}`",
        transition.label,
        "any" if everywhere else _statuses(transition.sources),
        _statuses(transition.targets),
        ", ".join(kind.value for kind in transition.actors),
        "; ".join(fill(guard.text, _DEFAULTS) for guard in transition.guards) or "-",
        fill(transition.timer.text, _DEFAULTS) if transition.timer else "-",
        "yes" if transition.is_critical else "-",
        fill(transition.summary, _DEFAULTS),
        transition.note,
    ]
    return f"| {' | '.join(cells)} |"


def _statuses(statuses: tuple[BookingStatus, ...]) -> str:
    return ", ".join(status.value for status in statuses) or "-"
