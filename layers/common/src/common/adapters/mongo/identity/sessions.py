"""Sign-ins in ``sessions``, their refresh tokens in ``refresh_tokens``; TTL indexes remove what has ended."""

from collections.abc import Sequence
from datetime import datetime

from pymongo.asynchronous.collection import ReturnDocument

from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.documents import from_document, to_document
from common.adapters.mongo.shared.holdings import SECRETS, Fate, Holding, Holdings, Whose, account
from common.adapters.mongo.shared.unit_of_work import current_session
from common.domain.identity.clients import Standing
from common.domain.identity.sessions import RefreshToken, Session

HOLDINGS: Holdings = {
    "refresh_tokens": (account("user_id", Fate.DELETED, why=SECRETS),),
    "sessions": (Holding(Whose.ACCOUNT, Fate.DELETED, "user_id", "sessions", hidden=frozenset({"touches"})),),
}

#: More than an account has alive, but for an attack; beyond it every access token of the account ends.
_MOST_ENDED = 1000


class MongoSessions:
    """Implements ``Sessions``."""

    def __init__(self, mongo: Mongo) -> None:
        self._sessions = mongo.collection("sessions")
        self._tokens = mongo.collection("refresh_tokens")
        self._browsers = mongo.collection("push_subscriptions")
        self._sockets = mongo.collection("realtime_connections")
        self._challenges = mongo.collection("factor_challenges")

    async def open(self, session: Session, token: RefreshToken) -> None:
        """Store a new sign-in with its first refresh token."""
        await self._sessions.insert_one(to_document(session), session=current_session())
        await self._tokens.insert_one(to_document(token), session=current_session())

    async def get(self, session_id: str) -> Session | None:
        """One sign-in by id."""
        row = await self._sessions.find_one({"_id": session_id}, session=current_session())
        return from_document(Session, row) if row else None

    async def list_live(
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
        """Whether this device has signed in to the account before, or proven to be its owner's."""
        return await self._sessions.find_one({"user_id": user_id, "device_hash": device_hash}, {"_id": 1}) is not None

    async def remember_proof(self, session: Session) -> None:
        """Store a proof of identity that opened nothing, so that its device is known from now on."""
        await self._sessions.insert_one(to_document(session), session=current_session())

    async def find_token(self, token_digest: str) -> RefreshToken | None:
        """One refresh token by its digest, used ones included."""
        row = await self._tokens.find_one({"_id": token_digest}, session=current_session())
        return from_document(RefreshToken, row) if row else None

    async def use_token(self, token_digest: str, sealed_successor: str, now: datetime) -> bool:
        """Mark an unused refresh token as used; ``False`` if another request did so first."""
        result = await self._tokens.update_one(
            {"_id": token_digest, "used_at": None},
            {"$set": {"used_at": now, "sealed_successor": sealed_successor}},
            session=current_session(),
        )
        return result.modified_count == 1

    async def insert_token(self, token: RefreshToken) -> None:
        """Store a successor; storing it a second time changes nothing."""
        document = to_document(token)
        key = {"_id": document.pop("_id")}
        await self._tokens.update_one(key, {"$setOnInsert": document}, upsert=True, session=current_session())

    async def has_sockets(self, user_id: str) -> bool:
        """Whether sockets of an account's sign-ins may be open."""
        theirs = {"user_id": user_id}
        return await self._sockets.find_one(theirs, {"_id": 1}, session=current_session()) is not None

    async def touch(self, session_id: str, now: datetime) -> Session | None:
        """Note that a live sign-in is used, and give it; ``None`` if it has ended."""
        live = {"_id": session_id, "revoked_at": None, "expires_at": {"$gt": now}}
        # Counted, too: the same instant again would write nothing, and hold up nobody who ends the sign-in meanwhile.
        used = {"$max": {"last_used_at": now}, "$inc": {"touches": 1}}
        row = await self._sessions.find_one_and_update(
            live, used, return_document=ReturnDocument.AFTER, session=current_session()
        )
        return from_document(Session, row) if row else None

    async def reauthenticate(self, session_id: str, amr: Sequence[str], now: datetime) -> None:
        """Note that the owner of a sign-in has proven again who they are, and how."""
        fields = {"amr": list(amr), "authenticated_at": now}
        await self._sessions.update_one({"_id": session_id}, {"$set": fields}, session=current_session())

    async def revoke(self, session_id: str, because: str, now: datetime) -> bool:
        """End one sign-in and its browser's push messages; whether it was live."""
        row = await self._sessions.find_one_and_update(
            {"_id": session_id, "revoked_at": None}, _ended(because, now), {"user_id": 1}, session=current_session()
        )
        if row is not None:
            theirs = {"user_id": row["user_id"], "session_id": session_id}
            await self._browsers.delete_many(theirs, session=current_session())
        return row is not None

    async def revoke_by_user(self, user_id: str, because: str, now: datetime) -> None:
        """End every sign-in of an account, and every browser's push messages with them."""
        live = {"user_id": user_id, "revoked_at": None}
        await self._sessions.update_many(live, _ended(because, now), session=current_session())
        await self._browsers.delete_many({"user_id": user_id}, session=current_session())
        await self._challenges.delete_many({"user_id": user_id}, session=current_session())

    async def revoke_others(
        self, user_id: str, because: str, now: datetime, *, but: str, method: str | None = None
    ) -> Sequence[str]:
        """End every sign-in but one, or those opened by one method; returns the ids of those that were live."""
        others: Document = {"user_id": user_id, "revoked_at": None, "_id": {"$ne": but}}
        if method is not None:
            others["method"] = method
        cursor = self._sessions.find(others, {"_id": 1}, session=current_session()).sort("last_used_at", -1)
        ended = [row["_id"] async for row in cursor.limit(_MOST_ENDED)]
        await self._sessions.update_many(others, _ended(because, now), session=current_session())
        theirs: Document = {"user_id": user_id}
        theirs["session_id"] = {"$ne": but} if method is None else {"$in": ended}
        await self._browsers.delete_many(theirs, session=current_session())
        await self._challenges.delete_many({"user_id": user_id}, session=current_session())
        return ended


def _ended(because: str, now: datetime) -> Document:
    return {"$set": {"revoked_at": now, "revoked_because": because}}
