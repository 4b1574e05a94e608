"""A database that the first release made, put back as it was: collections, validators, indexes and documents.

``data/first_release.json.gz`` holds it as MongoDB's extended JSON. It was written by that release's own code alone, by
its demonstration on the local cloud and by the lives that its tests of bookings and payments play: bookings in every
status, disputes, refunds, debts, guests' holds. What a later release changes in data is tested on it.
"""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bson import json_util
from pymongo import IndexModel

if TYPE_CHECKING:
    from pymongo.database import Database

_FILE = Path(__file__).parent / "data" / "first_release.json.gz"


def restore(db: Database[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Fill an empty database.

    Returns:
        The documents, by collection.
    """
    options = json_util.JSONOptions(json_mode=json_util.JSONMode.CANONICAL, tz_aware=True)
    whole = json_util.loads(gzip.decompress(_FILE.read_bytes()).decode(), json_options=options)
    for name, collection in whole["collections"].items():
        made = db.create_collection(name, **collection["options"])
        models = [_model(index) for index in collection["indexes"]]
        if models:
            made.create_indexes(models)
    documents: dict[str, list[dict[str, Any]]] = whole["documents"]
    for name, rows in documents.items():
        if rows:
            db[name].insert_many(rows)
    return documents


def _model(index: dict[str, Any]) -> IndexModel:
    keys = list(index["key"].items())
    rest = {name: value for name, value in index.items() if name != "key"}
    return IndexModel(keys, **rest)
