"""Conversations over sockets."""

from common.domain.shared.phones import warm_up as warm_up_phones
from common.runtime.container.messaging import MessagingContainer
from common.runtime.container.streams import SocketContainer


class TalkingContainer(SocketContainer, MessagingContainer):
    """The parts that frames of clients reach."""

    async def warm_up(self) -> None:
        """Load also the telephone numbering plans, by which contact details are found."""
        await super().warm_up()
        warm_up_phones()
