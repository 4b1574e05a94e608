"""The table for people and programs: a Mermaid diagram, JSON rows and a Markdown page, all made from it."""

from typing import Any

from common.domain.bookings.booking import BookingStatus, PayoutState, ReviewState
from common.domain.bookings.charges import PaymentState
from common.domain.bookings.setting_texts import fill
from common.domain.bookings.settings import BookingSettings
from common.domain.bookings.state_machine.table import EVERY_TRANSITION, TERMINAL
from common.domain.bookings.state_machine.transition import BookingTransition
from common.domain.shared.state_machine import mermaid, table_row

_DEFAULTS = BookingSettings()
_AXES = {"status": BookingStatus, "payment": PaymentState, "payout": PayoutState, "review": ReviewState}


def to_mermaid() -> str:
    """The status axis as a Mermaid ``stateDiagram-v2``."""
    return mermaid(EVERY_TRANSITION, [status for status in BookingStatus if status in TERMINAL])


def to_json(settings: BookingSettings) -> dict[str, Any]:
    """The whole table and the values of every axis, as ``GET /v1/bookings/state-machine`` answers.

    Args:
        settings: windows and limits that its texts name.
    """
    return {
        "axes": {name: [value.value for value in axis] for name, axis in _AXES.items()},
        "terminal": [status.value for status in BookingStatus if status in TERMINAL],
        "actions": [table_row(each, lambda text: fill(text, settings)) for each in EVERY_TRANSITION],
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


def _markdown_row(transition: BookingTransition) -> str:
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
