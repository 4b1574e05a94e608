"""Calls of the repositories of streams, tickets and connections."""

from __future__ import annotations

from common.adapters.mongo.identity.sessions import MongoSessions
from common.adapters.mongo.messaging.realtime.connections import MongoConnections, MongoTickets
from common.domain.messaging.realtime.connections import Connection, Ticket
from common.domain.shared.realtime import StreamKind, stream_event
from common.runtime.container.bootstrap import Container

from tests.integration.query_plans.calls import CUSTOMER, LATER, NOW, Calls

_TICKET = Ticket(id="digest", user_id=CUSTOMER, session_id="ses_1", expires_at=LATER)
_CONNECTION = Connection(id="con_1", user_id=CUSTOMER, session_id="ses_1", connected_at=NOW, expires_at=LATER)
_EVENT = stream_event(StreamKind.BOOKINGS, "t", NOW, user_ids=[CUSTOMER], ids={})


async def _append(c: Container) -> None:
    await c.streams.open(CUSTOMER, "epoch", NOW)
    await c.streams.append(CUSTOMER, _EVENT, NOW)


CALLS: Calls = {
    "MongoStreams.list_live": lambda c: c.streams.list_live([CUSTOMER, "usr_2"], NOW),
    "MongoStreams.get": lambda c: c.streams.get(CUSTOMER, NOW),
    "MongoStreams.open": lambda c: c.streams.open(CUSTOMER, "epoch", NOW),
    "MongoStreams.append": _append,
    "MongoTickets.insert": lambda c: MongoTickets(c.mongo).insert(_TICKET),
    "MongoTickets.take": lambda c: MongoTickets(c.mongo).take("digest", NOW),
    "MongoConnections.insert": lambda c: MongoConnections(c.mongo).insert(_CONNECTION),
    "MongoConnections.get": lambda c: MongoConnections(c.mongo).get("con_1", NOW),
    "MongoConnections.list_by_user": lambda c: MongoConnections(c.mongo).list_by_user(CUSTOMER, NOW),
    "MongoConnections.list_by_users": lambda c: MongoConnections(c.mongo).list_by_users([CUSTOMER, "usr_2"], NOW),
    "MongoConnections.delete": lambda c: MongoConnections(c.mongo).delete(["con_1", "con_2"]),
    "MongoConnections.note_typing": lambda c: MongoConnections(c.mongo).note_typing("con_1", NOW, not_since=NOW),
    "MongoSessions.has_sockets": lambda c: MongoSessions(c.mongo).has_sockets(CUSTOMER),
}
