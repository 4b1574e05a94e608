"""What people are told of, they see at once where they look: events of bookings and new entries for their streams.

The worker that tells people makes these events of the ones that bookings emit, so that nothing is added to what a
booking waits for. Their ids follow from those of what they are made of, so that a stream takes each once.
"""

import asyncio
from collections.abc import Sequence

from common.application.notifications.deps import DeliveryDeps
from common.domain.bookings.booking import ActorKind, Booking
from common.domain.matching.disclosure import seen_by_provider
from common.domain.matching.job_requests import JobRequest
from common.domain.matching.offers import Offer
from common.domain.notifications.inbox import InboxEntry
from common.domain.reports.report import Report
from common.domain.shared.events import Event
from common.domain.shared.notification_kinds import Kind
from common.domain.shared.realtime import StreamKind, stream_event
from common.domain.shared.state_machine import Notification

#: How long mails wait for the queue; the sweep of the outbox sends what it does not take in time.
PATIENCE_SECONDS = 1.0
#: What an entry is about, by which clients find it.
_ABOUT = ("booking_id", "job_request_id", "offer_id", "report_id")


async def show_booking(
    deps: DeliveryDeps, event: Event, booking: Booking, notification: Notification[ActorKind]
) -> None:
    """Put an event of a booking into the streams of its parties.

    Both see what happens to their booking, whoever did it and whoever is mailed. Of money each sees what they are told
    of, for it may be a debt of one; what staff alone are told of nobody sees.
    """
    parties = {ActorKind.CUSTOMER: booking.customer_id}
    if booking.was_requested:
        parties[ActorKind.PROVIDER] = booking.provider_user_id
    told = [each for each in notification.recipients if each in parties]
    is_money = notification.kind is Kind.PAYMENTS
    seen_by = told if is_money or not told else list(parties)
    shown = stream_event(
        StreamKind.PAYMENTS if is_money else StreamKind.BOOKINGS,
        notification.type,
        event.created_at,
        user_ids=[parties[each] for each in seen_by],
        ids={"booking_id": booking.id},
        version=event.payload.get("version", booking.version),
        preview=booking.service.title,
        event_id=f"str_{event.id.removeprefix('evt_')}",
    )
    await _show(deps, shown)


async def show_matching(deps: DeliveryDeps, event: Event, request: JobRequest, offer: Offer | None) -> None:
    """Put an event of a request or of one of its offers into the streams of its parties.

    The customer sees all of it; a provider what happens to their own offer.
    """
    user_ids, ids = [request.customer_id], {"job_request_id": request.id}
    if offer is not None:
        user_ids.append(offer.provider_user_id)
        ids |= {"offer_id": offer.id} | ({"booking_id": offer.booking_id} if offer.booking_id else {})
    shown = stream_event(
        StreamKind.OFFERS,
        event.type,
        event.created_at,
        user_ids=user_ids,
        ids=ids,
        version=event.payload.get("version"),
        preview=seen_by_provider(request).title,
        event_id=f"str_{event.id.removeprefix('evt_')}",
    )
    await _show(deps, shown)


async def show_report(deps: DeliveryDeps, event: Event, report: Report, user_ids: Sequence[str]) -> None:
    """Put an event of a report into the streams of people; each page of followers makes an event of its own."""
    if not user_ids:
        return
    shown = stream_event(
        StreamKind.REPORTS,
        event.type,
        event.created_at,
        user_ids=user_ids,
        ids={"report_id": report.id},
        version=event.payload.get("version", report.version),
        preview=report.title,
        event_id=f"str_{event.id.removeprefix('evt_')}{user_ids[0].removeprefix('usr_')}",
    )
    await _show(deps, shown)


async def show_entry(deps: DeliveryDeps, entry: InboxEntry) -> None:
    """Put a new entry of somebody's inbox into their stream."""
    about = {name: getattr(entry, name) for name in _ABOUT}
    ids = {"notification_id": entry.id} | {name: value for name, value in about.items() if value}
    shown = stream_event(
        StreamKind.NOTICES,
        "notice.created",
        entry.created_at,
        user_ids=[entry.user_id],
        ids=ids,
        preview=entry.title,
        event_id=entry.id,
    )
    await _show(deps, shown)


async def _show(deps: DeliveryDeps, event: Event) -> None:
    """Send an event on its way, for those who have looked lately; to nobody if there is none."""
    user_ids: Sequence[str] = event.payload["user_ids"]
    live = await deps.streams.list_live(user_ids, deps.clock.now()) if user_ids else []
    if not live:
        return
    event = event.model_copy(update={"payload": {**event.payload, "user_ids": sorted(live)}})
    taken: Sequence[str] = []
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            taken = await deps.publisher.publish([event])
    except TimeoutError:
        pass
    if not taken:
        await deps.outbox.insert([event])
