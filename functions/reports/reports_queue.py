"""Has reports judged that wait for it, counts those that have changed, and lets them follow the work of bookings."""

from common.application.reports.hotspots import count_in_cells
from common.application.reports.jobs import follow_booking
from common.application.reports.verification import verify
from common.domain.reports.state_machine import VERIFICATION_REQUESTED
from common.domain.shared.events import Event
from common.runtime.container.report_worker import ReportWorkerContainer
from common.runtime.needs import EVENTS, MEDIA, VERIFIER
from common.runtime.sqs import create_event_handler


async def handle(container: ReportWorkerContainer, event: Event) -> None:
    """Judge one report, bring the counters up to date with it, or let it follow a booking."""
    if event.type == VERIFICATION_REQUESTED:
        await verify(container.report_verification, event)
    elif event.booking_id is not None:
        await follow_booking(container.report_bookings, event)
    else:
        await count_in_cells(container.report_cells, str(event.payload["report_id"]))


handler = create_event_handler(
    handle, service="reports-queue", needs=(EVENTS, MEDIA, VERIFIER), container=ReportWorkerContainer
)
