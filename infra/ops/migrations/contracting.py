"""Steps that take something away or forbid it, and why the release that still serves does not miss it.

Migrations run before new code is deployed, and step by step old and new versions serve together. So a step expands: it
adds collections, indexes and fields. What it takes away, an index, a field, a collection or rows, no code of the
release before may read or need; the release in which the last reader went comes first. Nor may it forbid what the
release before still writes: a unique index, a lifetime or a validator on a collection that was there already does. A
step that does either says here why nobody misses it, or a test fails.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pymongo import IndexModel

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

#: Names of calls, and of stages and commands, that take something away or forbid it.
_CALLS = frozenset(
    {"drop_index", "drop_indexes", "drop_collection", "drop", "rename", "delete_many", "delete_one",
     "find_one_and_delete", "find_one_and_replace", "replace_one", "DeleteMany", "DeleteOne"}
)  # fmt: skip
_WORDS = frozenset({"$unset", "$rename", "$$REMOVE", "$out", "$replaceRoot", "$replaceWith", "$pull", "collMod",
                    "dropIndexes", "drop", "renameCollection"})  # fmt: skip
_OWN = "infra.ops.migrations."

#: By the step's name.
REASONS: Mapping[str, str] = {
    "0020_bookings": "one rating of each side was all that could be written before",
    "0030_catalogue": "nobody could have two profiles before",
    "0062_payment_records": "the ledger's validator asks what every release has written",
    "0082_debts": "the ledger's validator takes accounts more than before",
    "0083_providers_away": "another index answers the same query of debts; it is of staff alone, and made at once",
    "0084_verification_phases": "the one checkpoint of all phases becomes one of each; who misses it begins anew",
    "0092_search_words": "words of no listing, which suggest nothing; writing a listing stores its own",
    "0093_search_stems": "the same",
    "0094_accounts": "network addresses of registrations, which no release has read",
    "0099_resources": "the index is replaced by one that keeps claims of both releases apart",
    "0107_due_work": "due_page answers the same query",
    "0114_lean_indexes": "what replaces them is made first; the others no query of the release before reads",
    "0115_received_events": "received_page answers the same query, in the same order",
}


def takes_away(source: str) -> set[str]:
    """What a step's upgrade does that takes something away, helpers of its own file and of ours included.

    Args:
        source: The step's source.
    """
    found, waiting, seen = set[str](), [("", "upgrade")], set[tuple[str, str]]()
    while waiting:
        module, name = place = waiting.pop()
        functions, imported = _parts(_source(module) if module else source)
        if place in seen or name not in functions:
            continue
        seen.add(place)
        for node in ast.walk(functions[name]):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                found |= {called} & _CALLS
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= {node.value} & _WORDS
            if isinstance(node, ast.Name):
                waiting += [(module, node.id), *([(imported[node.id], node.id)] if node.id in imported else [])]
    return found


def _parts(source: str) -> tuple[dict[str, ast.FunctionDef], dict[str, str]]:
    """The functions of a module, and where of ours what it imports comes from, each by its name."""
    body = ast.parse(source).body
    imported = {
        alias.name: each.module
        for each in body
        if isinstance(each, ast.ImportFrom) and each.module and each.module.startswith(_OWN)
        for alias in each.names
    }
    return {each.name: each for each in body if isinstance(each, ast.FunctionDef)}, imported


@cache
def _source(module: str) -> str:
    return (Path(__file__).parent / f"{module.removeprefix(_OWN)}.py").read_text()


def forbids(steps: Sequence[tuple[str, Mapping[str, object]]]) -> dict[str, set[str]]:
    """Steps whose indexes forbid, in a collection that was there already, what could be written or would stay.

    Args:
        steps: Names of steps in their order, each with the names of its module.

    Returns:
        Names of such indexes by step.
    """
    found: dict[str, set[str]] = {}
    known: set[str] = set()
    for step, names in steps:
        indexes = list(_indexes(names.values()))
        forbidding = {
            str(each.document["name"])
            for collection, models in indexes
            if collection in known
            for each in models
            if each.document.get("unique") or "expireAfterSeconds" in each.document
        }
        if forbidding:
            found[step] = forbidding
        known |= {collection for collection, _ in indexes}
    return found


def _indexes(values: Iterable[object]) -> Iterator[tuple[str, Sequence[IndexModel]]]:
    """Every mapping of collections to index models among some values."""
    for value in values:
        if isinstance(value, dict):
            for collection, models in value.items():
                if isinstance(models, list | tuple) and models and all(isinstance(each, IndexModel) for each in models):
                    yield collection, models
