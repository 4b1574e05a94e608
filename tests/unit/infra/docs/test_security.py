"""The page on security names tests that exist, and every line of its level."""

from __future__ import annotations

import re

from infra.build.targets import ROOT

PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
#: Lines of levels 1 and 2 by section.
_LINES = {
    "6.1": 3, "6.2": 11, "6.3": 3, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 3,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
}  # fmt: skip


def test_every_test_that_is_named_exists() -> None:
    named = set(_NAMED.findall(PAGE))
    assert len(named) > 30
    missing = [
        f"{file}::{test}"
        for file, test in sorted(named)
        if not (ROOT / file).is_file() or not re.search(rf"def {test}\(", (ROOT / file).read_text(encoding="utf-8"))
    ]
    assert missing == []


def test_every_line_of_the_level_is_answered() -> None:
    answered: set[str] = set()
    for cell in re.findall(r"^\| (\d[^|]*)\|", PAGE, re.MULTILINE):
        ids = re.findall(r"\d+\.\d+\.\d+", cell)
        first, last = ids[0], ids[-1]
        section = first.rpartition(".")[0]
        numbers = range(int(first.rpartition(".")[2]), int(last.rpartition(".")[2]) + 1)
        answered |= {f"{section}.{number}" for number in numbers}
    wanted = {f"{section}.{number}" for section, count in _LINES.items() for number in range(1, count + 1)}
    assert wanted - answered == set()
