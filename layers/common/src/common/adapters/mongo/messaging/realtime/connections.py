"""Tickets and connections in MongoDB; TTL indexes remove what has expired."""

from collections.abc import Collection, Sequence
from datetime import datetime

from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.documents import from_document, to_native_document
from common.adapters.mongo.shared.holdings import SECRETS, Fate, Holdings, account
from common.adapters.mongo.shared.unit_of_work import current_session
from common.application.ports.messaging.realtime.connections import Connected
from common.domain.messaging.realtime.connections import MOST_CONNECTIONS, Connection, Ticket

_WHY = "which sockets are open now, for two hours at most; the sign-ins they belong to are exported"

HOLDINGS: Holdings = {
    "realtime_connections": (account("user_id", Fate.DELETED, why=_WHY),),
    "realtime_tickets": (account("user_id", Fate.DELETED, why=SECRETS, is_at_once=True),),
}

#: Each that is stored drops those beyond the most, so there are more only while several are being stored.
_READ = 4 * MOST_CONNECTIONS


class MongoTickets:
    """Implements ``Tickets`` over the collection ``realtime_tickets``."""

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo

    async def insert(self, ticket: Ticket) -> None:
        """Store one."""
        await self._mongo.collection("realtime_tickets").insert_one(to_native_document(ticket))

    async def take(self, ticket_digest: str, now: datetime) -> Ticket | None:
        """Use one up; ``None`` if it is unknown, used or late."""
        row = await self._mongo.collection("realtime_tickets").find_one_and_delete({"_id": ticket_digest})
        ticket = from_document(Ticket, row) if row else None
        return ticket if ticket and ticket.expires_at > now else None


class MongoConnections:
    """Implements ``Connections`` over the collection ``realtime_connections``."""

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo

    async def insert(self, connection: Connection) -> None:
        """Store one, in the unit of work under way."""
        rows = self._mongo.collection("realtime_connections")
        await rows.insert_one(to_native_document(connection), session=current_session())

    async def get(self, connection_id: str, now: datetime) -> Connection | None:
        """One that has not expired and whose sign-in goes on (see the port)."""
        known = {"$match": {"_id": connection_id, "expires_at": {"$gt": now}}}
        rows = await self._mongo.collection("realtime_connections").aggregate([known, _sign_in(now)])
        found = await rows.to_list(1)
        return from_document(Connection, found[0]) if found and found[0].pop("sign_in") else None

    async def list_by_user(self, user_id: str, now: datetime) -> Sequence[Connection]:
        """A person's, the newest first (see the port)."""
        theirs = self._mongo.collection("realtime_connections").find({"user_id": user_id})
        rows = await theirs.sort("connected_at", -1).limit(_READ).to_list()
        return [from_document(Connection, row) for row in rows if row["expires_at"] > now]

    async def list_by_users(self, user_ids: Sequence[str], now: datetime) -> Connected:
        """Those of some people (see the port), with their sign-ins: a command costs more than the join."""
        theirs: list[Document] = [
            {"$match": {"user_id": {"$in": list(user_ids)}}},
            {"$sort": {"connected_at": -1}},
            {"$limit": _READ * len(user_ids)},
            _sign_in(now),
        ]
        rows = await (await self._mongo.collection("realtime_connections").aggregate(theirs)).to_list()
        known = [row for row in rows if row["expires_at"] > now]
        ended = [row["_id"] for row in known if not row["sign_in"]]
        return Connected([from_document(Connection, row) for row in known if row.pop("sign_in")], ended)

    async def delete(self, connection_ids: Collection[str]) -> None:
        """Forget some."""
        await self._mongo.collection("realtime_connections").delete_many({"_id": {"$in": list(connection_ids)}})

    async def note_typing(self, connection_id: str, now: datetime, *, not_since: datetime) -> bool:
        """Note that somebody types; ``False`` if that was noted since the instant."""
        silent = {"_id": connection_id, "typed_at": {"$not": {"$gt": not_since}}}
        rows = self._mongo.collection("realtime_connections")
        return (await rows.update_one(silent, {"$set": {"typed_at": now}})).modified_count == 1


def _sign_in(now: datetime) -> Document:
    """The stage that joins the sign-in of a connection, as ``sign_in``, which is empty where that has ended."""
    live = {"revoked_at": None, "expires_at": {"$gt": now}}
    return {
        "$lookup": {
            "from": "sessions",
            "localField": "session_id",
            "foreignField": "_id",
            "pipeline": [{"$match": live}, {"$project": {"_id": 1}}],
            "as": "sign_in",
        }
    }
