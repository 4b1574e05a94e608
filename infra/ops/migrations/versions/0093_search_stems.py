"""Sewers apart from sewing, babysitters with babysitting: words are stemmed anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.ops.migrations.search_words import remake

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0093_search_stems"
dependencies = ["0092_search_words"]


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Make tokens and words anew."""
    remake(db)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Nothing: the release before reads these tokens too, and ``python -m infra.ops.rebuild`` of it makes its own."""
    del db
