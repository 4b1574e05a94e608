"""Steps that take something away, and why the release that still serves does not miss it.

Migrations run before new code is deployed, and step by step old and new versions serve together. So a step expands: it
adds collections, indexes and fields. What it takes away, an index, a field, a collection or rows, no code of the
release before may read or need; the release in which the last reader went comes first. A step that takes something
away says here why that holds, or a test fails.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Names of calls, and of stages of an update, that take something away.
_CALLS = frozenset({"drop_index", "drop_indexes", "drop_collection", "drop", "rename", "delete_many", "delete_one"})
_STAGES = frozenset({"$unset", "$rename"})

#: By the step's name.
REASONS: Mapping[str, str] = {
    "0083_providers_away": "another index answers the same query of debts; it is of staff alone, and made at once",
    "0084_verification_phases": "the one checkpoint of all phases becomes one of each; who misses it begins anew",
    "0094_accounts": "network addresses of registrations, which no release has read",
    "0099_resources": "the index is replaced by one that keeps claims of both releases apart",
    "0107_due_work": "due_page answers the same query",
    "0114_lean_indexes": "what replaces them is made first; the others no query of the release before reads",
    "0115_received_events": "received_page answers the same query, in the same order",
}


def takes_away(source: str) -> set[str]:
    """What a step's upgrade does that takes something away, helpers in its own file included.

    Args:
        source: The step's source.
    """
    functions = {each.name: each for each in ast.parse(source).body if isinstance(each, ast.FunctionDef)}
    found, waiting, seen = set[str](), ["upgrade"], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in functions:
            continue
        seen.add(name)
        for node in ast.walk(functions[name]):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                found |= {called} & _CALLS
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= {node.value} & _STAGES
            if isinstance(node, ast.Name):
                waiting.append(node.id)
    return found
