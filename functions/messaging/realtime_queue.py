"""Works on the realtime queue: what happened reaches streams and sockets; no FastAPI."""

from common.application.messaging.realtime.deliver import deliver_to_streams
from common.domain.shared.events import Event
from common.runtime.container.streams import SocketContainer
from common.runtime.needs import SOCKETS
from common.runtime.sqs import create_event_handler


async def process(container: SocketContainer, event: Event) -> None:
    """Deliver one event."""
    await deliver_to_streams(container.socket_access, event)


handler = create_event_handler(
    process, service="realtime-queue", needs=(SOCKETS,), container=SocketContainer, is_repeatable=True
)
