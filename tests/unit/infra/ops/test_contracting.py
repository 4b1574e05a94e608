"""Migrations expand; what takes something away says why the release that still serves does not miss it."""

from __future__ import annotations

import runpy

import pytest
from pymongo import IndexModel

from infra.ops.migrations.contracting import REASONS, forbids, takes_away
from infra.ops.migrations.runner import VERSIONS


def test_a_step_that_takes_something_away_or_forbids_it_says_why_nobody_misses_it() -> None:
    """While it is applied, and until the new release has taken over, the one before uses the same database."""
    paths = sorted(VERSIONS.glob("[0-9]*.py"))
    taking = {path.stem for path in paths if takes_away(path.read_text())}
    forbidding = forbids([(path.stem, runpy.run_path(str(path))) for path in paths])
    assert {"0092_search_words", "0094_accounts"} <= taking, "a helper of another module, and the step's own"
    assert forbidding["0099_resources"] == {"resource_cells", "provider_further_cells", "provider_cells"}
    assert taking | set(forbidding) == set(REASONS)
    assert all(REASONS.values())


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ('db["a"].create_indexes([])', set[str]()),
        ('db["a"].drop_index("x")', {"drop_index"}),
        ('db["a"].update_many({}, {"$unset": {"b": ""}})', {"$unset"}),
        ("helper(db)", {"delete_many"}),
        ("map(helper, [db])", {"delete_many"}),
        ('db["a"].bulk_write([DeleteMany({})])', {"DeleteMany"}),
        ('db.command({"dropIndexes": "a", "index": "x"})', {"dropIndexes"}),
        ('db.command("collMod", "a", validator={})', {"collMod"}),
        ('update_in_batches(db["a"], {}, [{"$set": {"b": "$$REMOVE"}}])', {"$$REMOVE"}),
        ("drop_indexes(db, OLD)", {"drop_index", "drop_indexes"}),
    ],
)
def test_what_takes_something_away_is_found_in_helpers_too(body: str, found: set[str]) -> None:
    helper = 'def helper(db):\n    db["a"].delete_many({})\n'
    imported = "from infra.ops.migrations.indexes import drop_indexes\n"
    undone = 'def downgrade(db):\n    db.drop_collection("a")\n'
    assert takes_away(f"{imported}def upgrade(db):\n    {body}\n{helper}{undone}") == found


def test_an_index_that_forbids_is_found_where_rows_can_be_there_already() -> None:
    plain, unique = IndexModel([("a", 1)], name="plain"), IndexModel([("a", 1)], name="unique", unique=True)
    lifetime = IndexModel([("at", 1)], name="lifetime", expireAfterSeconds=60)
    steps = [("1", {"INDEXES": {"old": [unique]}}), ("2", {"INDEXES": {"old": [plain], "new": [unique, lifetime]}})]
    assert forbids(steps) == {}
    assert forbids([*steps, ("3", {"A": {"new": [unique]}, "B": {"old": [lifetime]}})]) == {"3": {"unique", "lifetime"}}
