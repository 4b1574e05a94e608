"""Writes generated offers with what searches read of them, in large batches."""

from __future__ import annotations

import importlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from common.adapters.mongo.search.index_terms import count_words, counted_term, described_term
from common.adapters.mongo.shared.documents import plain
from common.domain.catalogue.categories import Category, CategoryTree
from common.domain.catalogue.listings import provider_listing, service_listing
from common.domain.shared.model import Model
from pymongo import UpdateOne
from pymongo.write_concern import WriteConcern

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from common.domain.scheduling.availability import Availability
    from pymongo.database import Database

    from infra.local.seed.market import Offer

BATCH = 2_000
BULK_FROM = 20_000
#: By identity, holding on to the value so that its identity stays its own.
_KNOWN_RULES: dict[int, tuple[Availability | None, Any]] = {}
_LISTINGS = ("service_listings", "provider_listings")
#: What is generated can be generated again, so its writes wait for no journal.
_QUICK: WriteConcern = WriteConcern(w=1)


def read_tree(db: Database[dict[str, Any]]) -> CategoryTree:
    """The tree of categories as it is stored."""
    return CategoryTree([Category.model_validate({"id": row["_id"], **row}) for row in db["categories"].find()])


class Loader:
    """Collects offers and writes them when there are enough.

    Args:
        db: a migrated database.
        tree: the categories.
        only_listings: leave out the providers and services themselves, for measuring searches.
    """

    def __init__(self, db: Database[dict[str, Any]], tree: CategoryTree, *, only_listings: bool = False) -> None:
        self._db, self._tree, self._only_listings = db, tree, only_listings
        self._pending: dict[str, list[dict[str, Any]]] = {}
        self.services = 0
        self.named: Counter[str] = Counter()
        self.described: Counter[str] = Counter()

    def add(self, offer: Offer) -> None:
        """Take an offer."""
        provider, services = offer
        self.services += len(services)
        if not self._only_listings:
            self._keep("providers", {**_fields(provider), "availability": _rules(provider.availability)})
            for service in services:
                self._keep("services", _fields(service))
        listing = provider_listing(provider, services, self._tree)
        if listing is not None:
            self._keep("provider_listings", _fields(listing))
        for service in services:
            shown = service_listing(provider, service, self._tree)
            if shown is not None:
                document = _fields(shown)
                self._keep("service_listings", document)
                count_words(document, self.named, self.described)

    def flush(self) -> None:
        """Write what is left."""
        for collection in list(self._pending):
            self._write(collection)

    def _keep(self, collection: str, document: dict[str, Any]) -> None:
        waiting = self._pending.setdefault(collection, [])
        waiting.append(document)
        if len(waiting) >= BATCH:
            self._write(collection)

    def _write(self, collection: str) -> None:
        documents = self._pending.pop(collection)
        self._db.get_collection(collection, write_concern=_QUICK).insert_many(documents, ordered=False)


def load(
    db: Database[dict[str, Any]],
    offers: Iterable[Offer],
    tree: CategoryTree,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Insert offers and their listings, and count their words.

    Args:
        db: a migrated database.
        offers: from ``market.generate``.
        tree: the categories.
        progress: told the number of providers written so far.

    Returns:
        The number of services written.
    """
    loader = Loader(db, tree)
    written = 0
    for offer in offers:
        loader.add(offer)
        written += 1
        if written % BATCH == 0:
            progress(written)
    loader.flush()
    count_terms(db, loader.named, loader.described)
    progress(written)
    return loader.services


def count_terms(db: Database[dict[str, Any]], named: Counter[str], described: Counter[str]) -> None:
    """Count words of titles and names, and stems and tags of everything else."""
    writes = [UpdateOne({"_id": word}, counted_term(word, used), upsert=True) for word, used in named.items()]
    writes += [UpdateOne({"_id": word}, described_term(word, used), upsert=True) for word, used in described.items()]
    for begin in range(0, len(writes), BATCH):
        db["search_terms"].bulk_write(writes[begin : begin + BATCH], ordered=False)


def drop_listing_indexes(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes of the listings before a large load."""
    drop_indexes(db, _indexes())


def create_listing_indexes(db: Database[dict[str, Any]]) -> None:
    """Build them again, of both collections at a time, which is quicker than keeping them while loading."""
    with ThreadPoolExecutor(len(_LISTINGS)) as pool:
        for done in [pool.submit(create_indexes, db, {name: models}) for name, models in _indexes().items()]:
            done.result()


def _indexes() -> dict[str, Any]:
    step = importlib.import_module("infra.ops.migrations.versions.0030_catalogue")
    return {name: step.INDEXES[name] for name in _LISTINGS}


def _fields(model: Model) -> dict[str, Any]:
    """A document as the repositories write it; quicker than theirs, as text enumerations are left to BSON."""
    fields = {name: _field(value) for name, value in model.__dict__.items() if name != "availability"}
    return {"_id": fields.pop("id"), **fields}


def _field(value: Any) -> Any:
    return {name: _field(each) for name, each in value.__dict__.items()} if isinstance(value, Model) else value


def _rules(availability: Availability | None) -> Any:
    """An availability's document; the generator gives the same few to all."""
    key = id(availability)
    if key not in _KNOWN_RULES:
        _KNOWN_RULES[key] = (availability, plain(availability))
    return _KNOWN_RULES[key][1]
