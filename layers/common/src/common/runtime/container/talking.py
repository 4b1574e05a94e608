"""Conversations over sockets."""

from common.runtime.container.messaging import MessagingContainer
from common.runtime.container.streams import SocketContainer


class TalkingContainer(SocketContainer, MessagingContainer):
    """The parts that frames of clients reach."""
