"""Prices of listings become numbers that go by currency first (``common.domain.catalogue.price_keys``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from common.domain.catalogue.price_keys import NO_PRICE, price_key
from common.domain.shared.money import MAX_AMOUNT, Money

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0032_price_keys"
dependencies = ["0030_catalogue"]
_LISTINGS = ("service_listings", "provider_listings")


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Raise what is below every key by its currency's base; a second run finds nothing."""
    for listings in _LISTINGS:
        by_quote = {"unit_price": None, "price": {"$lt": NO_PRICE}}
        db[listings].update_many(by_quote, {"$set": {"price": NO_PRICE}})
        for currency in db[listings].distinct("unit_price.currency"):
            plain = {"unit_price.currency": currency, "price": {"$lte": MAX_AMOUNT}}
            base = price_key(Money(amount=0, currency=currency))
            db[listings].update_many(plain, {"$inc": {"price": base}})


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Back to plain amounts, and to what stood for none."""
    for listings in _LISTINGS:
        db[listings].update_many({"price": NO_PRICE}, {"$set": {"price": MAX_AMOUNT + 1}})
        for currency in db[listings].distinct("unit_price.currency"):
            base = price_key(Money(amount=0, currency=currency))
            raised = {"unit_price.currency": currency, "price": {"$gte": base}}
            db[listings].update_many(raised, {"$inc": {"price": -base}})
