"""Write all generated documents, or with ``--check`` compare them, in one process: each alone would import everything.

``python -m infra.docs`` writes them; ``python -m infra.docs --check`` fails where one is stale.
"""

import sys

from infra.docs import booking_states, costs, matching_states, openapi, report_states, roles, scale

#: Every module of this folder that writes a document.
DOCUMENTS = (
    openapi.main, booking_states.main, matching_states.main, report_states.main, scale.main, roles.main, costs.main,
)  # fmt: skip


def main(arguments: list[str]) -> int:
    """Do every document in turn.

    Args:
        arguments: Of the command line.

    Returns:
        The exit status: 1 where any of them is stale.
    """
    return max([write_or_check(arguments) for write_or_check in DOCUMENTS])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
