"""The log of security events in the collection ``security_events``, append-only."""

from collections.abc import Sequence

from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.documents import from_document, to_document
from common.adapters.mongo.shared.holdings import Fate, Holdings, account
from common.adapters.mongo.shared.unit_of_work import current_session
from common.domain.identity.security_events import SecurityEvent

HOLDINGS: Holdings = {
    "security_events": (account("user_id", Fate.BLANKED, "security_events"),),
}


class MongoSecurityLog:
    """Implements ``SecurityLog``."""

    def __init__(self, mongo: Mongo) -> None:
        self._events = mongo.collection("security_events")

    async def insert(self, event: SecurityEvent) -> None:
        """Append one."""
        await self._events.insert_one(to_document(event), session=current_session())

    async def search(
        self, *, user_id: str | None, type_: str | None, limit: int, before: str | None
    ) -> Sequence[SecurityEvent]:
        """Rows, newest first; ``before`` is the id last seen."""
        wanted: Document = {}
        if user_id:
            wanted["user_id"] = user_id
        if type_:
            wanted["type"] = type_
        if before:
            wanted["_id"] = {"$lt": before}
        cursor = self._events.find(wanted).sort("_id", -1).limit(limit)
        return [from_document(SecurityEvent, row) async for row in cursor]
