"""Streams and sockets: what people see happen while they look."""

from functools import cached_property

from common.adapters.aws.sockets import ApiGatewaySockets
from common.adapters.mongo.identity.sessions import MongoSessions
from common.adapters.mongo.messaging.realtime.connections import MongoConnections, MongoTickets
from common.adapters.mongo.messaging.realtime.streams import MongoStreams
from common.adapters.mongo.shared.unit_of_work import MongoUnitOfWork
from common.application.messaging.realtime.deps import SocketDeps, StreamDeps
from common.application.ports.messaging.realtime.connections import Sockets
from common.runtime.container.core import CoreContainer, warn
from common.runtime.container.settings import SocketSettings, StreamSettings


class StreamContainer(CoreContainer):
    """The streams of people."""

    @cached_property
    def streams(self) -> MongoStreams:
        """The streams of people."""
        return MongoStreams(self.mongo)

    @cached_property
    def stream_access(self) -> StreamDeps:
        """What tickets and replays need."""
        url = self.settings.of(StreamSettings).realtime_url
        return StreamDeps(self.streams, MongoTickets(self.mongo), self.clock, url)


class SocketContainer(StreamContainer):
    """The sockets of those who look."""

    @cached_property
    def sockets(self) -> Sockets:
        """The open sockets."""
        return ApiGatewaySockets(self.settings.of(SocketSettings).realtime_connections_url, warn)

    async def warm_up(self) -> None:
        """Make the sockets' client ahead."""
        await super().warm_up()
        self.sockets.warm_up()

    @cached_property
    def socket_access(self) -> SocketDeps:
        """What connections need."""
        return SocketDeps(
            streams=self.streams,
            tickets=MongoTickets(self.mongo),
            connections=MongoConnections(self.mongo),
            sessions=MongoSessions(self.mongo),
            sockets=self.sockets,
            unit_of_work=MongoUnitOfWork(self.mongo),
            clock=self.clock,
        )
