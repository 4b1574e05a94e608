"""Writes generated offers with what searches read of them, in large batches."""

from __future__ import annotations

import importlib
from collections import Counter
from typing import TYPE_CHECKING, Any

from common.adapters.mongo.documents import plain
from common.adapters.mongo.terms import term_fields
from common.domain.catalogue import Category, CategoryTree, provider_listing, service_listing
from common.domain.search_text import words
from pymongo import UpdateOne

from infra.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from common.domain.availability import Availability
    from common.domain.model import Model
    from pymongo.database import Database

    from infra.seed.market import Offer

_BATCH = 2_000
_BULK_FROM = 20_000
#: By identity, holding on to the value so that its identity stays its own.
_KNOWN_RULES: dict[int, tuple[Availability | None, Any]] = {}
_LISTINGS = ("service_listings", "provider_listings")


def read_tree(db: Database[dict[str, Any]]) -> CategoryTree:
    """The tree of categories as it is stored."""
    return CategoryTree([Category.model_validate({"id": row["_id"], **row}) for row in db["categories"].find()])


def load(
    db: Database[dict[str, Any]],
    offers: Iterable[Offer],
    tree: CategoryTree,
    *,
    expected: int,
    only_listings: bool = False,
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Insert offers and their listings, and learn their words.

    Args:
        db: a migrated database.
        offers: from ``market.generate``.
        tree: the categories.
        expected: about how many providers come; the indexes of a large load are built at its end, which is quicker.
        only_listings: leave out the providers and services themselves, for measuring searches.
        progress: told the number of providers written so far.

    Returns:
        The number of services written.
    """
    indexes = {name: _indexes()[name] for name in _LISTINGS}
    is_bulk = expected >= _BULK_FROM
    if is_bulk:
        drop_indexes(db, indexes)
    used: Counter[str] = Counter()
    pending: dict[str, list[dict[str, Any]]] = {}
    written = services = 0
    for offer in offers:
        if not only_listings:
            _keep(offer, pending)
        _project(offer, tree, pending, used)
        written += 1
        services += len(offer.services)
        if written % _BATCH == 0:
            _flush(db, pending)
            progress(written)
    _flush(db, pending)
    _learn(db, used)
    if is_bulk:
        create_indexes(db, indexes)
    progress(written)
    return services


def _project(offer: Offer, tree: CategoryTree, pending: dict[str, list[dict[str, Any]]], used: Counter[str]) -> None:
    provider, services = offer
    listing = provider_listing(provider, services, tree)
    if listing is not None:
        pending.setdefault("provider_listings", []).append(_fields(listing))
    for service in services:
        shown = service_listing(provider, service, tree)
        if shown is not None:
            pending.setdefault("service_listings", []).append(_fields(shown))
            used.update(words(f"{service.title} {provider.trading_name}"))


def _keep(offer: Offer, pending: dict[str, list[dict[str, Any]]]) -> None:
    provider, services = offer
    pending.setdefault("providers", []).append({**_fields(provider), "availability": _rules(provider.availability)})
    pending.setdefault("services", []).extend(_fields(service) for service in services)


def _fields(model: Model) -> dict[str, Any]:
    """A document as the repositories write it; quicker than theirs, as text enumerations are left to BSON."""
    fields = model.model_dump(exclude={"availability"})
    return {"_id": fields.pop("id"), **fields}


def _rules(availability: Availability | None) -> Any:
    """An availability's document; the generator gives the same few to all."""
    key = id(availability)
    if key not in _KNOWN_RULES:
        _KNOWN_RULES[key] = (availability, plain(availability))
    return _KNOWN_RULES[key][1]


def _flush(db: Database[dict[str, Any]], pending: dict[str, list[dict[str, Any]]]) -> None:
    for collection, documents in pending.items():
        if documents:
            db[collection].insert_many(documents, ordered=False)
            documents.clear()


def _learn(db: Database[dict[str, Any]], used: Counter[str]) -> None:
    writes = []
    for word, count in used.items():
        fields = term_fields(word, count)
        fields.pop("used")
        writes.append(UpdateOne({"_id": word}, {"$inc": {"used": count}, "$setOnInsert": fields}, upsert=True))
    for begin in range(0, len(writes), _BATCH):
        db["search_terms"].bulk_write(writes[begin : begin + _BATCH], ordered=False)


def _indexes() -> dict[str, Any]:
    step = importlib.import_module("infra.migrations.versions.0030_catalogue")
    found: dict[str, Any] = step.INDEXES
    return found
