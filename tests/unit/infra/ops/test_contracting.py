"""Migrations expand; what takes something away says why the release that still serves does not miss it."""

from __future__ import annotations

import pytest

from infra.ops.migrations.contracting import REASONS, takes_away
from infra.ops.migrations.runner import VERSIONS


def test_a_step_that_takes_something_away_says_why_nobody_misses_it() -> None:
    """While it is applied, and until the new release has taken over, the one before reads the same database."""
    taking = {path.stem for path in VERSIONS.glob("[0-9]*.py") if takes_away(path.read_text())}
    assert taking == set(REASONS)
    assert all(REASONS.values())


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ('db["a"].create_indexes([])', set[str]()),
        ('db["a"].drop_index("x")', {"drop_index"}),
        ('db["a"].update_many({}, {"$unset": {"b": ""}})', {"$unset"}),
        ("helper(db)", {"delete_many"}),
        ("map(helper, [db])", {"delete_many"}),
    ],
)
def test_what_takes_something_away_is_found_in_helpers_too(body: str, found: set[str]) -> None:
    helper = 'def helper(db):\n    db["a"].delete_many({})\n'
    undone = 'def downgrade(db):\n    db.drop_collection("a")\n'
    assert takes_away(f"def upgrade(db):\n    {body}\n{helper}{undone}") == found
