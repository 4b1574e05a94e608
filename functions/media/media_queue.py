"""Works on uploaded photographs, in the one function that has the decoders."""

from common.application.media.processing import process_media
from common.domain.shared.events import Event
from common.runtime.container.media_worker import MediaWorkerContainer
from common.runtime.needs import MEDIA
from common.runtime.sqs import create_event_handler


async def process(container: MediaWorkerContainer, event: Event) -> None:
    """Check one upload and write it anew, or refuse it."""
    await process_media(container.media_processing, str(event.payload["media_id"]))


handler = create_event_handler(process, service="media-queue", needs=(MEDIA,), container=MediaWorkerContainer)
