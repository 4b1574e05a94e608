"""Tickets, connections, and what reaches a connected client."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from common.domain.identity.sessions import Session
from common.domain.messaging.realtime.connections import Connection, Ticket


class Tickets(Protocol):
    """Where tickets are kept, by the digests of their secrets."""

    async def insert(self, ticket: Ticket) -> None:
        """Store one."""
        ...

    async def take(self, ticket_digest: str, now: datetime) -> Ticket | None:
        """Use one up; ``None`` if it is unknown, used or late."""
        ...


@dataclass(frozen=True)
class Connected:
    """Who is connected.

    Args:
        live: connections whose sign-ins go on.
        ended: ids of those whose sign-ins have ended, which have to be closed.
    """

    live: Sequence[Connection]
    ended: Sequence[str]


class Connections(Protocol):
    """Who is connected; a row outlives a connection that died silently, until it expires."""

    async def insert(self, connection: Connection) -> None:
        """Store one, in the unit of work under way."""
        ...

    async def get(self, connection_id: str, now: datetime) -> Connection | None:
        """One that has not expired and whose sign-in goes on, as the database says now."""
        ...

    async def list_by_users(self, user_ids: Sequence[str], now: datetime) -> Connected:
        """Those of some people, each person's the newest first; bounded as ``list_by_user``."""
        ...

    async def list_by_user(self, user_id: str, now: datetime) -> Sequence[Connection]:
        """A person's, the newest first; bounded, as each that is stored drops those beyond the most."""
        ...

    async def delete(self, connection_ids: Collection[str]) -> None:
        """Forget some."""
        ...

    async def note_typing(self, connection_id: str, now: datetime, *, not_since: datetime) -> bool:
        """Note that somebody types; ``False`` if that was noted since the instant."""
        ...


class SessionReader(Protocol):
    """Sign-ins, as far as connections depend on them."""

    async def touch(self, session_id: str, now: datetime) -> Session | None:
        """Note that a live sign-in is used, and give it; ``None`` if it has ended."""
        ...


class PostOutcome(StrEnum):
    """What became of a frame."""

    SENT = "sent"
    GONE = "gone"
    FAILED = "failed"


class Sockets(Protocol):
    """The open sockets, by the ids of their connections."""

    def warm_up(self) -> None:
        """Make ahead what the first call would make; it asks nobody."""
        ...

    async def post(self, connection_id: str, payload: bytes) -> PostOutcome:
        """Send a frame; takes a second at most, and never raises."""
        ...

    async def close(self, connection_id: str) -> None:
        """Close a socket, if it is open; takes a second at most, and never raises."""
        ...
