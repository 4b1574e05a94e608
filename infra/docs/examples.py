"""Chooses the examples of the API's description: ``python -m infra.docs.examples FOLDER``.

The folder has what tests recorded (``make examples``). Of each operation one request and one answer of each success are
kept, the shortest that show something; and all codes of refusals. They change when somebody records anew, not by
themselves: identifiers and instants are other ones in each run.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from infra.docs import openapi
from infra.docs.openapi_operations import EXAMPLES

#: An example of more bytes hides what it shows.
MOST_BYTES = 4_000
_MOST_ITEMS = 2
#: Servers of tests, whose ports are others in each run.
_LOCAL = re.compile(r"^http://(127\.0\.0\.1|localhost):\d+")
#: Members whose values are secrets by their nature; those of tests open nothing, but are of no use to readers.
_SECRETS = frozenset(
    {"access_token", "refresh_token", "client_secret", "edit_token", "draft_token", "password", "ticket"}
)


def choose(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The examples of each operation.

    Args:
        rows: what tests were answered: ``operation``, ``status``, ``code``, ``sent`` and ``answer``.
    """
    codes: dict[str, set[str]] = defaultdict(set)
    best: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        if row["code"]:
            codes[row["operation"]].add(row["code"])
        elif row["status"] < 300:  # noqa: PLR2004 - where successes end
            shown = {**row, "sent": _shown(row["sent"]), "answer": _shown(row["answer"])}
            key = row["operation"], str(row["status"])
            if _size(shown) <= MOST_BYTES and (key not in best or _worth(shown) > _worth(best[key])):
                best[key] = shown
    found: dict[str, Any] = defaultdict(dict)
    for (operation, status), row in best.items():
        found[operation].setdefault("responses", {})[status] = row["answer"]
        if row["sent"] is not None:
            found[operation]["request"] = row["sent"]
    for operation, each in codes.items():
        found[operation]["codes"] = sorted(each)
    return dict(sorted(found.items()))


def _worth(row: dict[str, Any]) -> tuple[bool, int, int, str]:
    """What makes an example better: a list that is not empty, fewer nothings, and brevity."""
    answer = row["answer"]
    is_empty = isinstance(answer, dict) and answer.get("items") == []
    text = json.dumps(row["answer"])
    return not is_empty, -text.count("null"), -_size(row), text


def _size(row: dict[str, Any]) -> int:
    return len(json.dumps([row["sent"], row["answer"]]))


def _shown(value: Any) -> Any:
    """A value with short lists, without secrets and without the addresses of tests' own servers."""
    if isinstance(value, list):
        return [_shown(each) for each in value[:_MOST_ITEMS]]
    if isinstance(value, dict):
        return {name: "…" if name in _SECRETS and each else _shown(each) for name, each in value.items()}
    if isinstance(value, str):
        return _LOCAL.sub("https://example.com", value)
    return value


def main(arguments: list[str]) -> int:
    """Choose among what tests recorded; returns the exit code."""
    if len(arguments) != 1:
        print(__doc__)
        return 2
    known = {each["operationId"] for item in openapi.build()["paths"].values() for each in item.values()}
    lines = [line for path in sorted(Path(arguments[0]).glob("*.jsonl")) for line in path.open(encoding="utf-8")]
    rows = [row for row in map(json.loads, lines) if row["operation"] in known]
    EXAMPLES.write_text(json.dumps(choose(rows), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    missing = sorted(known - {row["operation"] for row in rows})
    print(f"wrote {EXAMPLES}: {len(rows)} exchanges, none of {', '.join(missing) or 'no operation'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
