"""Reads the tree of categories that ships with the product, and writes it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from common.adapters.mongo.search.index_terms import term_fields
from common.domain.catalogue.categories import Category, CategoryTree
from pymongo import ReplaceOne, UpdateOne

if TYPE_CHECKING:
    from pymongo.database import Database

_FILE = Path(__file__).parent / "data" / "categories.txt"


def load_categories(text: str | None = None) -> list[dict[str, Any]]:
    """The categories as documents, parents before their children.

    Args:
        text: another file's content; by default the one that ships.
    """
    documents: list[dict[str, Any]] = []
    root: str | None = None
    for line in (text if text is not None else _FILE.read_text(encoding="utf-8")).splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        slug, name, synonyms = (part.strip() for part in line.split("|"))
        parent = root if line.startswith(" ") else None
        root = root if parent else slug
        documents.append(
            {
                "_id": slug,
                "name": name,
                "parent": parent,
                "path": [parent, slug] if parent else [slug],
                "synonyms": [part.strip() for part in synonyms.split(",") if part.strip()],
                "position": len(documents),
            }
        )
    return documents


def store_categories(db: Database[dict[str, Any]], documents: list[dict[str, Any]] | None = None) -> None:
    """Bring a database's categories, and the words that searches know of them, up to date.

    Categories that are listed no longer stay, since services may be in them.

    Args:
        db: the database.
        documents: the categories, parents before their children; by default those that ship.
    """
    rows = load_categories() if documents is None else documents
    db["categories"].bulk_write([ReplaceOne({"_id": row["_id"]}, row, upsert=True) for row in rows])
    tree = CategoryTree([Category.model_validate({"id": row["_id"], **row}) for row in rows])
    terms = [(word, term_fields(word, 1)) for word in tree.vocabulary()]
    db["search_terms"].bulk_write(
        [UpdateOne({"_id": word}, {"$setOnInsert": fields}, upsert=True) for word, fields in terms], ordered=False
    )
