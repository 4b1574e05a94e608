"""Listings that were written before prices went by currency, and after."""

from __future__ import annotations

import importlib
from typing import Any

from common.domain.catalogue.price_keys import NO_PRICE, price_key
from common.domain.shared.money import MAX_AMOUNT, Money
from pymongo import MongoClient

from infra.ops.migrations.runner import migrate

STEP = importlib.import_module("infra.ops.migrations.versions.0032_price_keys")
NZD, AUD = Money(amount=5_000, currency="nzd"), Money(amount=4_000, currency="aud")


def test_old_listings_get_their_numbers_once_and_give_them_back(mongodb_uri: str, database_name: str) -> None:
    migrate(mongodb_uri, database_name)
    with MongoClient[dict[str, Any]](mongodb_uri) as client:
        db = client[database_name]
        old: dict[str, tuple[Money | None, int]] = {
            "a": (NZD, NZD.amount),
            "b": (AUD, AUD.amount),
            "c": (None, MAX_AMOUNT + 1),
        }
        for listings in ("service_listings", "provider_listings"):
            rows = [
                {"_id": key, "unit_price": unit.model_dump() if unit else None, "price": price}
                for key, (unit, price) in old.items()
            ]
            db[listings].insert_many(rows)
        for _ in range(2):
            STEP.upgrade(db)
            found = {row["_id"]: row["price"] for row in db["service_listings"].find()}
            assert found == {"a": price_key(NZD), "b": price_key(AUD), "c": NO_PRICE}
        STEP.downgrade(db)
        assert {row["_id"]: row["price"] for row in db["provider_listings"].find()} == {
            key: price for key, (_, price) in old.items()
        }
