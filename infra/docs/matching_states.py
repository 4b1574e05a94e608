"""Write ``docs/matching-states.md`` from the state machines' tables (``python -m infra.docs.matching_states``)."""

import sys
from pathlib import Path

from common.domain.matching.state_machine import matching_to_markdown

from infra.docs import generated

PAGE = Path(__file__).parents[2] / "docs" / "matching-states.md"


def is_current() -> bool:
    """Whether the page in the repository says what the tables say."""
    return generated.is_current(PAGE, matching_to_markdown())


def main(arguments: list[str]) -> int:
    """Write the page, or with ``--check`` only compare it; returns the exit status."""
    return generated.write_or_check(PAGE, matching_to_markdown(), "infra.docs.matching_states", arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
