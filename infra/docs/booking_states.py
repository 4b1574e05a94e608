"""Write ``docs/booking-states.md`` from the state machine's table (``python -m infra.docs.booking_states``)."""

import sys
from pathlib import Path

from common.domain.bookings.state_machine import to_markdown

PAGE = Path(__file__).parents[2] / "docs" / "booking-states.md"


def is_current() -> bool:
    """Whether the page in the repository says what the table says."""
    return PAGE.exists() and PAGE.read_text(encoding="utf-8") == to_markdown()


def main(arguments: list[str]) -> int:
    """Write the page, or with ``--check`` only compare it; returns the exit status."""
    if "--check" in arguments:
        if not is_current():
            print(f"{PAGE.name} is stale: run python -m infra.docs.booking_states")
            return 1
        return 0
    PAGE.write_text(to_markdown(), encoding="utf-8")
    print(f"wrote {PAGE}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
