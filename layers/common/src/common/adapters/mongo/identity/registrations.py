"""Registrations that wait for their mailed link, in ``registrations``; a TTL index removes expired ones."""

from collections.abc import Sequence
from datetime import datetime

from common.adapters.mongo.shared.database import Mongo
from common.adapters.mongo.shared.documents import from_document, to_document
from common.adapters.mongo.shared.holdings import Fate, Holding, Holdings, Whose
from common.adapters.mongo.shared.unit_of_work import current_session
from common.domain.identity.registrations import Registration

HOLDINGS: Holdings = {
    "registrations": (
        Holding(Whose.ADDRESS, Fate.BLANKED, "email_key", why="anybody may have made it; deleted with its address"),
    ),
}

_MAX_READ = 20


class MongoRegistrations:
    """Implements ``Registrations``."""

    def __init__(self, mongo: Mongo) -> None:
        self._registrations = mongo.collection("registrations")

    async def insert(self, registration: Registration) -> None:
        """Store one."""
        await self._registrations.insert_one(to_document(registration), session=current_session())

    async def get(self, registration_id: str) -> Registration | None:
        """One by id."""
        row = await self._registrations.find_one({"_id": registration_id}, session=current_session())
        return from_document(Registration, row) if row else None

    async def list_by_address(self, email_key: str, now: datetime) -> Sequence[Registration]:
        """Those of an address that have not expired, newest first."""
        wanted = {"email_key": email_key, "expires_at": {"$gt": now}}
        cursor = self._registrations.find(wanted, session=current_session()).sort("_id", -1).limit(_MAX_READ)
        return [from_document(Registration, row) async for row in cursor]

    async def delete_by_address(self, email_key: str) -> None:
        """Delete every registration of an address."""
        await self._registrations.delete_many({"email_key": email_key}, session=current_session())
