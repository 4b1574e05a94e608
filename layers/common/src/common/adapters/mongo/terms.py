"""The words that searches know, in the collection ``search_terms``: for prefixes and for typing errors."""

from collections.abc import Sequence

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from common.adapters.mongo.database import Mongo
from common.domain.search_text import deletions, nearest, stem, words

_MAX_CANDIDATES = 200
_PREFIX_END = "\uffff"


class MongoTerms:
    """Implements ``Vocabulary``.

    A term is a word as written (``_id``), its ``stem``, how often it is ``used``, and its ``deletions``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._terms = mongo.collection("search_terms")

    async def learn(self, text: str) -> None:
        """Add the words of a text that are new; words are never forgotten here, only by a rebuild."""
        await self.learn_words(words(text))

    async def learn_words(self, found: Sequence[str]) -> None:
        """Add words that are new, outside of any transaction: an unused word harms nothing."""
        known = {row["_id"] async for row in self._terms.find({"_id": {"$in": list(found)}}, {"_id": 1})}
        missing = [word for word in found if word not in known]
        if missing:
            try:
                await self._terms.bulk_write([_upsert(word) for word in missing], ordered=False)
            except BulkWriteError as error:
                if any(row["code"] != _DUPLICATE_KEY for row in error.details["writeErrors"]):
                    raise

    async def used(self, stems: Sequence[str]) -> dict[str, int]:
        """How often each stem or tag is used, over all words that share it; unknown ones are left out."""
        rows = self._terms.find({"stem": {"$in": list(stems)}}, {"_id": 0, "stem": 1, "used": 1})
        found: dict[str, int] = {}
        async for row in rows.limit(_MAX_CANDIDATES):
            found[row["stem"]] = found.get(row["stem"], 0) + row["used"]
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


#: https://www.mongodb.com/docs/manual/reference/error-codes/
_DUPLICATE_KEY = 11000


def term_fields(word: str, used: int) -> dict[str, object]:
    """The fields of a term besides its ``_id``."""
    return {"stem": stem(word), "used": used, "deletions": deletions(word)}


def _upsert(word: str) -> UpdateOne:
    return UpdateOne({"_id": word}, {"$setOnInsert": term_fields(word, 1)}, upsert=True)
