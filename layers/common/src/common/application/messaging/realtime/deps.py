"""What streams, tickets and connections need."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass

from common.application.ports.identity.accounts import UnitOfWork
from common.application.ports.messaging.realtime.connections import Connections, SessionReader, Sockets, Tickets
from common.application.ports.messaging.realtime.streams import Streams
from common.application.ports.shared.clock import Clock


@dataclass(frozen=True)
class StreamDeps:
    """What tickets and replays need; clients connect to ``url``."""

    streams: Streams
    tickets: Tickets
    clock: Clock
    url: str


@dataclass(frozen=True)
class SocketDeps:
    """What connections need."""

    streams: Streams
    tickets: Tickets
    connections: Connections
    sessions: SessionReader
    sockets: Sockets
    unit_of_work: UnitOfWork
    clock: Clock

    async def drop(self, connection_ids: Collection[str]) -> None:
        """Forget connections and close them."""
        if connection_ids:
            await self.connections.delete(connection_ids)
            await asyncio.gather(*(self.sockets.close(each) for each in connection_ids))
