"""The words that searches know, in the collection ``search_terms``: for prefixes and for typing errors."""

from collections import Counter
from collections.abc import Sequence

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from common.adapters.mongo.shared.database import Document, Mongo, refused_keys
from common.adapters.mongo.shared.holdings import Holdings, nobody
from common.application.ports.search.listings import Usage
from common.domain.catalogue.categories import CategoryTree
from common.domain.catalogue.listings import DESCRIPTION_WORDS
from common.domain.search.text import deletions, nearest, stem, stems, words

HOLDINGS: Holdings = {
    "search_terms": nobody("words of listings"),
}

_MAX_CANDIDATES = 200
_UNUSED = 1
_PREFIX_END = "\uffff"


class MongoIndexTerms:
    """Implements ``Vocabulary``.

    A term is a word as written (``_id``), its ``stem``, how often it is ``used``, and its ``deletions``. Stems of
    descriptions are terms without deletions: they can be looked for, but a mistyped word never becomes one, so that
    nobody's own mistakes are offered to others.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._terms = mongo.collection("search_terms")

    async def add(self, text: str, description: str = "") -> None:
        """Count the words of a title or name, and those that are indexed of a description.

        Outside of any transaction: an unused word harms nothing, and a rebuild counts exactly.
        """
        named = words(text)
        writes = [_upsert(word, counted_term(word)) for word in named]
        described = set(stems(description, DESCRIPTION_WORDS)) - {stem(word) for word in named}
        writes += [_upsert(word, described_term(word)) for word in sorted(described)]
        if not writes:
            return
        try:
            await self._terms.bulk_write(writes, ordered=False)
        except BulkWriteError as error:
            if not all(refused_keys(error)):
                raise

    async def used(self, stems: Sequence[str]) -> dict[str, Usage]:
        """How often each stem or tag is used, over all words that share it; unknown ones are left out."""
        shown = {"_id": 0, "stem": 1, "used": 1, "deletions": {"$slice": 1}}
        rows = self._terms.find({"stem": {"$in": list(stems)}}, shown)
        found: dict[str, Usage] = {}
        async for row in rows.limit(_MAX_CANDIDATES):
            before = found.get(row["stem"], Usage(0, is_named=False))
            is_named = before.is_named or bool(row["deletions"])
            found[row["stem"]] = Usage(before.times + row["used"], is_named=is_named)
        return found

    async def completions(self, prefix: str, limit: int) -> list[str]:
        """Known words that begin so, the most used first."""
        span = {"_id": {"$gte": prefix, "$lt": prefix + _PREFIX_END}}
        rows = self._terms.find(span, {"used": 1}).sort("_id", 1).limit(_MAX_CANDIDATES)
        found = [(row["used"], row["_id"]) async for row in rows]
        return [word for _, word in sorted(found, key=lambda pair: (-pair[0], pair[1]))[:limit]]

    async def corrections(self, word: str, limit: int) -> list[str]:
        """Known words that this one may have been meant to be, the likeliest first."""
        near = {"deletions": {"$in": deletions(word)}}
        rows = self._terms.find(near, {"used": 1}).limit(_MAX_CANDIDATES)
        return nearest(word, [(row["_id"], row["used"]) async for row in rows], limit)


def term_fields(word: str, used: int) -> dict[str, object]:
    """The fields of a term besides its ``_id``."""
    return {"stem": stem(word), "used": used, "deletions": deletions(word)}


def counted_term(word: str, used: int = 1) -> Document:
    """The update that counts a word of a title or name; one that only descriptions had becomes correctable."""
    return {"$set": {"stem": stem(word), "deletions": deletions(word)}, "$inc": {"used": used}}


def described_term(word_stem: str, used: int = 1) -> Document:
    """The update that counts a description's stem."""
    return {"$setOnInsert": {"stem": word_stem, "deletions": []}, "$inc": {"used": used}}


def count_words(listing: Document, named: Counter[str], others: Counter[str]) -> None:
    """Count what a service's listing is found by.

    Args:
        listing: its ``title``, ``trading_name`` and ``tokens``.
        named: gets the words of the title and the name.
        others: gets the category tags, and the stems that only the description has; nobody types where it is done.
    """
    found = words(f"{listing['title']} {listing['trading_name']}")
    named.update(found)
    own = {stem(word) for word in found}
    others.update(token for token in listing["tokens"] if token not in own and "@" not in token)


def all_terms(named: Counter[str], others: Counter[str], tree: CategoryTree) -> dict[str, Document]:
    """The fields of every term by its ``_id``, of what ``count_words`` has counted and of the categories."""
    counts = dict.fromkeys(tree.vocabulary(), _UNUSED) | dict(named)
    found: dict[str, Document] = {word: term_fields(word, count) for word, count in counts.items()}
    unnamed = {token: count for token, count in others.items() if token not in found}
    return found | {token: {"stem": token, "used": count, "deletions": []} for token, count in unnamed.items()}


def _upsert(word: str, change: Document) -> UpdateOne:
    return UpdateOne({"_id": word}, change, upsert=True)
