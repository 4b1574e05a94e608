"""Sign-ins in ``sessions``, their refresh tokens in ``refresh_tokens``; TTL indexes remove what has ended."""

from collections.abc import Sequence
from datetime import datetime

from common.adapters.mongo.database import Document, Mongo
from common.adapters.mongo.documents import from_document, to_document
from common.adapters.mongo.unit_of_work import current_session
from common.domain.identity import RefreshToken, Session, Standing


class MongoSessions:
    """Implements ``Sessions``."""

    def __init__(self, mongo: Mongo) -> None:
        self._sessions = mongo.collection("sessions")
        self._tokens = mongo.collection("refresh_tokens")

    async def open(self, session: Session, token: RefreshToken) -> None:
        """Store a new sign-in with its first refresh token."""
        await self._sessions.insert_one(to_document(session), session=current_session())
        await self._tokens.insert_one(to_document(token), session=current_session())

    async def get(self, session_id: str) -> Session | None:
        """One sign-in by id."""
        row = await self._sessions.find_one({"_id": session_id}, session=current_session())
        return from_document(Session, row) if row else None

    async def live_of(
        self, user_id: str, now: datetime, *, limit: int, after: tuple[datetime, str] | None = None
    ) -> Sequence[Session]:
        """Sign-ins of an account that have not ended, the latest used first."""
        wanted: Document = {"user_id": user_id, "revoked_at": None, "expires_at": {"$gt": now}}
        if after is not None:
            used_at, last_id = after
            wanted["last_used_at"] = {"$lte": used_at}
            wanted["$or"] = [{"last_used_at": {"$lt": used_at}}, {"_id": {"$lt": last_id}}]
        cursor = self._sessions.find(wanted).sort([("last_used_at", -1), ("_id", -1)]).limit(limit)
        return [from_document(Session, row) async for row in cursor]

    async def standing(self, user_id: str, *, ip: str, user_agent: str, device_hash: str | None) -> Standing:
        """Whether this client has signed in before: the same device, or the same address and program."""
        same: list[Document] = [{"ip": ip, "user_agent": user_agent}]
        if device_hash:
            same.append({"device_hash": device_hash})
        if await self._sessions.find_one({"user_id": user_id, "$or": same}, {"_id": 1}):
            return Standing.KNOWN
        return Standing.NEW if await self._sessions.find_one({"user_id": user_id}, {"_id": 1}) else Standing.FIRST

    async def knows_device(self, user_id: str, device_hash: str) -> bool:
        """Whether this device has signed in to the account before."""
        return await self._sessions.find_one({"user_id": user_id, "device_hash": device_hash}, {"_id": 1}) is not None

    async def find_token(self, token_digest: str) -> RefreshToken | None:
        """One refresh token by its digest, used ones included."""
        row = await self._tokens.find_one({"_id": token_digest}, session=current_session())
        return from_document(RefreshToken, row) if row else None

    async def use_token(self, token_digest: str, sealed_successor: str, now: datetime) -> bool:
        """Mark an unused refresh token as used; ``False`` if somebody was first."""
        result = await self._tokens.update_one(
            {"_id": token_digest, "used_at": None},
            {"$set": {"used_at": now, "sealed_successor": sealed_successor}},
            session=current_session(),
        )
        return result.modified_count == 1

    async def add_token(self, token: RefreshToken) -> None:
        """Store a successor; storing it a second time changes nothing."""
        document = to_document(token)
        key = {"_id": document.pop("_id")}
        await self._tokens.update_one(key, {"$setOnInsert": document}, upsert=True, session=current_session())

    async def touch(self, session_id: str, now: datetime) -> None:
        """Note that a sign-in has been used."""
        await self._sessions.update_one({"_id": session_id}, {"$max": {"last_used_at": now}}, session=current_session())

    async def revoke(self, session_id: str, because: str, now: datetime) -> bool:
        """End one sign-in; whether it was alive."""
        result = await self._sessions.update_one(
            {"_id": session_id, "revoked_at": None},
            {"$set": {"revoked_at": now, "revoked_because": because}},
            session=current_session(),
        )
        return result.modified_count == 1

    async def revoke_all(self, user_id: str, because: str, now: datetime, *, but: str | None = None) -> None:
        """End every sign-in of an account, except perhaps one."""
        wanted: Document = {"user_id": user_id, "revoked_at": None}
        if but:
            wanted["_id"] = {"$ne": but}
        await self._sessions.update_many(
            wanted, {"$set": {"revoked_at": now, "revoked_because": because}}, session=current_session()
        )
