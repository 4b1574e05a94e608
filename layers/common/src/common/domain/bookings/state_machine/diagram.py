"""The table for people and programs: a Mermaid diagram, JSON rows and a Markdown page, all made from it."""

from typing import Any

from common.domain.bookings.booking import BookingStatus, PayoutState, ReviewState
from common.domain.bookings.charges import PaymentState
from common.domain.bookings.settings import BookingSettings
from common.domain.bookings.state_machine.table import EVERY_TRANSITION, TERMINAL
from common.domain.shared.setting_texts import fill
from common.domain.shared.state_machine import markdown_table, mermaid, table_row

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
        *markdown_table(EVERY_TRANSITION, _filled, note="audit text", statuses=BookingStatus),
        "",
        "## Axes",
        "",
        *[f"- `{name}`: {', '.join(f'`{value.value}`' for value in axis)}" for name, axis in _AXES.items()],
    ]
    return "\n".join(lines) + "\n"


def _filled(text: str) -> str:
    return fill(text, _DEFAULTS)
