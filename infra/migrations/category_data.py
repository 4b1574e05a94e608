"""Reads the tree of categories that ships with the product."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
