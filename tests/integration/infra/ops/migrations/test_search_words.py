"""Listings and words that were folded by the rules before become findable by those of now."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from common.adapters.mongo.shared.documents import to_document
from common.domain.catalogue.categories import Category, CategoryTree
from common.domain.catalogue.listings import provider_listing, service_listing
from pymongo import MongoClient

from infra.ops.migrations.category_data import load_categories
from infra.ops.migrations.runner import migrate
from tests.factories.providers import make_provider, make_service

STEPS = [
    importlib.import_module(f"infra.ops.migrations.versions.{name}")
    for name in ("0092_search_words", "0093_search_stems")
]


@pytest.mark.parametrize("step", STEPS)
def test_old_listings_and_terms_are_made_anew_once(step: Any, mongodb_uri: str, database_name: str) -> None:
    migrate(mongodb_uri, database_name)
    tree = CategoryTree([Category.model_validate({"id": row["_id"], **row}) for row in load_categories()])
    provider = make_provider(trading_name="Bjørn 北京")
    service = make_service(provider, title="Shelves")
    listings = {
        "service_listings": service_listing(provider, service, tree),
        "provider_listings": provider_listing(provider, [service], tree),
    }
    with MongoClient[dict[str, Any]](mongodb_uri, tz_aware=True) as client:
        db = client[database_name]
        db["providers"].insert_one(to_document(provider))
        db["services"].insert_one(to_document(service))
        wanted = {}
        for name, listing in listings.items():
            assert listing is not None
            wanted[name] = to_document(listing)
            db[name].insert_one({**wanted[name], "tokens": ["#all", "bj", "rn"], "name_stems": ["bj", "rn"]})
        db["search_terms"].insert_one({"_id": "rn", "stem": "rn", "used": 1, "deletions": ["rn"]})
        for _ in range(2):
            step.upgrade(db)
            for name, row in wanted.items():
                found = db[name].find_one({"_id": row["_id"]}) or {}
                assert (found["tokens"], found["name_stems"]) == (row["tokens"], row["name_stems"])
            terms = {row["_id"]: row["stem"] for row in db["search_terms"].find()}
            assert (terms["bjorn"], terms["shelves"], terms["北京"]) == ("bjorn", "shelf", "北京")
            assert "rn" not in terms
        db["services"].update_one({"_id": service.id}, {"$set": {"title": "Tables"}})
        db["service_listings"].update_one({"_id": service.id}, {"$set": {"updated_at": None, "tokens": ["newer"]}})
        step.upgrade(db)
        assert (db["service_listings"].find_one({"_id": service.id}) or {})["tokens"] == ["newer"]
        step.downgrade(db)
