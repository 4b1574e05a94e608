"""Provider profiles as staff list them."""

from collections.abc import Sequence

from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.documents import from_document
from common.domain.catalogue.providers import Provider


class MongoProviderLists:
    """Implements ``ProviderLists``."""

    def __init__(self, mongo: Mongo) -> None:
        self._providers = mongo.collection("providers")

    async def search(self, status: str | None, *, limit: int, after: str | None) -> Sequence[Provider]:
        """Profiles of a status, or all, in order of their application; ``after`` is the id last seen."""
        wanted: Document = {}
        if status:
            wanted["status"] = status
        if after:
            wanted["_id"] = {"$gt": after}
        cursor = self._providers.find(wanted).sort("_id", 1).limit(limit)
        return [from_document(Provider, row) async for row in cursor]
