"""Chooses the examples of the API's description: ``python -m infra.docs.examples [--add] FOLDER``.

The folder has what tests recorded (``make examples``). Of each operation one request and one answer of each success and
type are kept, the shortest that show something; and all codes of refusals. They change when somebody records anew, not
by themselves: identifiers and instants are other ones in each run. With ``--add`` only some tests have run: what they
show replaces what is kept of those answers, and the rest stays.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from infra.docs import openapi
from infra.docs.openapi_operations import EXAMPLES, REFUSED, examples

#: An example of more bytes hides what it shows.
MOST_BYTES = 4_000
_MOST_ITEMS = 2
#: Lines of a drawing or another text.
_MOST_LINES = 12
#: Servers of tests, whose ports are others in each run.
_LOCAL = re.compile(r"http://(127\.0\.0\.1|localhost):\d+")
#: Members whose values are secrets by their nature; those of tests open nothing, but are of no use to readers.
_SECRETS = frozenset(
    {"access_token", "refresh_token", "client_secret", "edit_token", "draft_token", "password", "ticket"}
)


def choose(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The examples of each operation.

    Args:
        rows: what tests were answered: ``operation``, ``status``, ``code``, ``sent``, ``media`` and ``answer``.
    """
    codes: dict[str, set[str]] = defaultdict(set)
    best: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in rows:
        if row["code"]:
            codes[row["operation"]].add(row["code"])
        if (row["operation"], row["code"]) == REFUSED or row["status"] < 300:  # noqa: PLR2004 - where successes end
            shown = {**row, "sent": _shown(row["sent"]), "answer": _cut(row["media"], row["answer"])}
            key = row["operation"], str(row["status"]), row["media"]
            if _size(shown) <= MOST_BYTES and (key not in best or _worth(shown) > _worth(best[key])):
                best[key] = shown
    found: dict[str, Any] = defaultdict(dict)
    for (operation, status, media), row in sorted(best.items()):
        if media:
            found[operation].setdefault("responses", {}).setdefault(status, {})[media] = row["answer"]
        if row["sent"] is not None and not row["code"]:
            found[operation]["request"] = row["sent"]
    for operation, each in codes.items():
        found[operation]["codes"] = sorted(each)
    return dict(sorted(found.items()))


def merge(kept: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """What is kept, with what was recorded of some operations in its place where that shows something."""
    merged = dict(kept)
    for operation, found in new.items():
        before = kept.get(operation, {})
        answers = dict(before.get("responses", {}))
        for status, answer in found.get("responses", {}).items():
            known = answers.get(status, {})
            telling = {media: each for media, each in answer.items() if not (media in known and _is_empty(media, each))}
            answers[status] = {**known, **telling}
        codes = {*before.get("codes", ()), *found.get("codes", ())}
        merged[operation] = {**before, **found, "responses": answers, "codes": sorted(codes)}
    return {
        name: {part: each for part, each in merged[name].items() if each or part == "request"}
        for name in sorted(merged)
    }


def _worth(row: dict[str, Any]) -> tuple[bool, bool, int, int, str]:
    """What makes an example better: something in it, something that was sent, fewer nothings, and brevity."""
    text = json.dumps(row["answer"])
    return not _is_empty(row["media"], row["answer"]), bool(row["sent"]), -text.count("null"), -_size(row), text


def _is_empty(media: str, answer: Any) -> bool:
    if media == "text/csv":
        return len(answer.splitlines()) <= 1
    if media == "text/calendar":
        return "BEGIN:VEVENT" not in answer
    return answer in ([], {}, "") or (isinstance(answer, dict) and answer.get("items") == [])


def _size(row: dict[str, Any]) -> int:
    return len(json.dumps([row["sent"], row["answer"]]))


def _cut(media: str, answer: Any) -> Any:
    """An answer as it is shown: of a table its first rows, of a calendar its first event, of a text its first lines."""
    if not isinstance(answer, str):
        return _shown(answer)
    if media == "text/csv":
        table = io.StringIO()
        csv.writer(table).writerows(list(csv.reader(io.StringIO(answer)))[: 1 + _MOST_ITEMS])
        answer = table.getvalue()
    elif media == "text/calendar":
        first, event, rest = answer.partition("END:VEVENT\r\n")
        answer = first + event + (rest[rest.rindex("END:VCALENDAR") :] if event else rest)
    else:
        answer = "".join(answer.splitlines(keepends=True)[:_MOST_LINES])
    return _shown(answer)


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
    is_added = arguments[:1] == ["--add"]
    folders = arguments[is_added:]
    if len(folders) != 1:
        print(__doc__)
        return 2
    known = {each["operationId"] for item in openapi.build()["paths"].values() for each in item.values()}
    lines = [line for path in sorted(Path(folders[0]).glob("*.jsonl")) for line in path.open(encoding="utf-8")]
    rows = [row for row in map(json.loads, lines) if row["operation"] in known]
    found = merge(examples(), choose(rows)) if is_added else choose(rows)
    EXAMPLES.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    missing = sorted(known - found.keys())
    print(f"wrote {EXAMPLES}: {len(rows)} exchanges, none of {', '.join(missing) or 'no operation'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
