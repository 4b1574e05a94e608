"""The log of security events in the collection ``security_events``, append-only."""

from collections.abc import Sequence

from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.documents import from_document, to_document
from common.adapters.mongo.shared.holdings import Fate, Holdings, account
from common.adapters.mongo.shared.unit_of_work import current_session
from common.application.ports.identity.security_log import LogQuery
from common.domain.identity.security_events import EVENT_PREFIX, SecurityEvent
from common.domain.shared.ids import earliest_id

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

    async def search(self, query: LogQuery, *, limit: int, before: str | None) -> Sequence[SecurityEvent]:
        """Rows, newest first; ``before`` is the id last seen."""
        wanted: Document = {}
        if query.user_id:
            wanted["user_id"] = query.user_id
        if query.type:
            wanted["type"] = query.type.value
        # The types are asked for besides, because a partial index serves only queries that repeat its filter.
        if query.actor_id:
            wanted["actor_id"] = {"$eq": query.actor_id, "$type": "string"}
        if query.subject:
            wanted["details.subject"] = {"$eq": query.subject, "$type": "string"}
        if span := _span(query, before):
            wanted["_id"] = span
        # Where little is logged the planner would rather read all of it in order.
        hint = "actor_newest" if query.actor_id and not (query.user_id or query.subject) else None
        cursor = self._events.find(wanted, hint=hint).sort("_id", -1).limit(limit)
        return [from_document(SecurityEvent, row) async for row in cursor]


def _span(query: LogQuery, before: str | None) -> Document:
    """The ids of the period that is asked for: they are in the order of their instants."""
    ends = [each for each in (before, earliest_id(EVENT_PREFIX, query.until) if query.until else None) if each]
    span: Document = {"$lt": min(ends)} if ends else {}
    return {**span, "$gte": earliest_id(EVENT_PREFIX, query.since)} if query.since else span
