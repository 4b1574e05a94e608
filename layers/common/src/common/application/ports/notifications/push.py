"""Push messages to browsers."""

from enum import StrEnum
from typing import Protocol

from common.application.ports.notifications.inbox import PushSubscription
from common.domain.shared.model import Model


class PushMessage(Model):
    """What a browser shows. ``tag`` makes a repeated message replace the first one; ``url`` opens on a click."""

    tag: str
    title: str
    body: str
    url: str


class PushOutcome(StrEnum):
    """What became of a message; ``gone``: the subscription has ended for good."""

    SENT = "sent"
    GONE = "gone"
    FAILED = "failed"


class PushSender(Protocol):
    """Sends push messages."""

    async def send(self, subscription: PushSubscription, message: PushMessage) -> PushOutcome:
        """Send one message to one browser; no fault of the push service is raised."""
        ...
