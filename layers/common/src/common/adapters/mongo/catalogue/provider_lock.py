"""The one document that every decision about a provider and its services touches."""

from pymongo.asynchronous.collection import ReturnDocument

from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.unit_of_work import current_session


class MongoProviderLock:
    """Serialises transactions that decide something from several documents of one provider.

    A transaction reads a snapshot, and MongoDB refuses it only where it writes a document that another one has written
    since; two that each read what the other writes both commit (write skew). Anyone who takes this lock writes the
    provider's own document, so that the later of two transactions begins anew and reads what the first has written
    (https://www.mongodb.com/docs/manual/core/transactions-production-consideration/#in-progress-transactions-and-write-conflicts).

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._providers = mongo.collection("providers")

    async def take(self, provider_id: str) -> Document | None:
        """Write the provider's document inside the present transaction.

        Returns:
            The provider's document; ``None`` where there is none.
        """
        touch = {"$inc": {"publications": 1}}
        return await self._providers.find_one_and_update(
            {"_id": provider_id}, touch, return_document=ReturnDocument.AFTER, session=current_session()
        )
