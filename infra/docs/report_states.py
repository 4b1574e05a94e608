"""Write ``docs/report-states.md`` from the table of reports (``python -m infra.docs.report_states``)."""

import sys
from pathlib import Path

from common.domain.reports.state_machine import to_markdown

from infra.docs import generated

PAGE = Path(__file__).parents[2] / "docs" / "report-states.md"


def is_current() -> bool:
    """Whether the page in the repository says what the table says."""
    return generated.is_current(PAGE, to_markdown())


def main(arguments: list[str]) -> int:
    """Write the page, or with ``--check`` only compare it; returns the exit status."""
    return generated.write_or_check(PAGE, to_markdown(), "infra.docs.report_states", arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
