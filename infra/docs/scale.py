"""Write the table of ``docs/scale.md`` from ``infra.ops.sharding`` (``python -m infra.docs.scale``)."""

import sys
from pathlib import Path

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
    return PAGE.read_text(encoding="utf-8") == render()


def main(arguments: list[str]) -> int:
    """Write the page, or with ``--check`` only compare it; returns the exit status."""
    if "--check" in arguments:
        if not is_current():
            print(f"{PAGE.name} is stale: run python -m infra.docs.scale")
            return 1
        return 0
    PAGE.write_text(render(), encoding="utf-8")
    print(f"wrote {PAGE}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
