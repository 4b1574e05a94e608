"""Write the table of ``docs/scale.md`` from ``infra.ops.sharding`` (``python -m infra.docs.scale``)."""

import sys
from pathlib import Path

from infra.docs import generated
from infra.ops.sharding import markdown

PAGE = Path(__file__).parents[2] / "docs" / "scale.md"
_BEGIN, _END = "<!-- the table of infra/ops/sharding.py -->\n", "<!-- its end -->\n"


def render() -> str:
    """The page with the table as the code has it."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n{markdown()}\n{_END}{after}"


def is_current() -> bool:
    """Whether the page in the repository says what the table says."""
    return generated.is_current(PAGE, render())


def main(arguments: list[str]) -> int:
    """Write the page, or with ``--check`` only compare it; returns the exit status."""
    return generated.write_or_check(PAGE, render(), "infra.docs.scale", arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
