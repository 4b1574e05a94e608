"""Works on the notifications queue: renders and sends mails, and fills inboxes. Never imports FastAPI."""

from typing import TYPE_CHECKING

from common.application.notifications.deliver import deliver_event
from common.runtime.sqs import create_event_handler

if TYPE_CHECKING:
    from common.domain.events import Event
    from common.runtime.bootstrap import Container


async def process(container: "Container", event: "Event") -> None:
    """Tell everybody one event concerns."""
    await deliver_event(container.delivery, event)


handler = create_event_handler(process, service="notifications-queue")
