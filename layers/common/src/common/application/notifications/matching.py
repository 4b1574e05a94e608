"""Delivering what happens to job requests and offers: who looks sees it at once, and who is concerned is notified."""

from common.application.notifications.deps import DeliveryDeps
from common.application.notifications.dispatch import Message, dispatch
from common.application.notifications.live import show_matching
from common.application.notifications.matching_data import matching_data
from common.domain.bookings.booking import ActorKind
from common.domain.matching import notifications
from common.domain.matching.job_requests import JobRequest
from common.domain.matching.offers import Offer, OfferStatus
from common.domain.shared.events import Event
from common.domain.shared.state_machine import Notification

#: News that are none any more once the offer has been answered or has ended.
_WHILE_OPEN = frozenset({notifications.OFFER_MADE, notifications.OFFER_QUOTED, notifications.OFFER_COUNTERED})


async def deliver_matching(deps: DeliveryDeps, event: Event) -> None:
    """Tell those of an event of a request or an offer whom it concerns. Safe to repeat, as ``deliver_event``.

    Raises:
        Unavailable: the mail service or the database is unavailable; deliver the event again.
    """
    notification = notifications.NOTIFICATIONS[event.type]
    request = await deps.requests.get(str(event.payload["request_id"]))
    offer_id = event.payload.get("offer_id")
    offer = await deps.job_offers.get(str(offer_id)) if offer_id else None
    if request is None or (offer_id and offer is None):
        return
    await show_matching(deps, event, request, offer)
    if notification in _WHILE_OPEN and offer is not None and offer.status is not OfferStatus.OPEN:
        return
    for recipient in notification.recipients:
        if event.payload.get("by") != recipient.value:
            await _notify(deps, event, notification, request, offer, recipient)


async def _notify(
    deps: DeliveryDeps,
    event: Event,
    notification: Notification[ActorKind],
    request: JobRequest,
    offer: Offer | None,
    recipient: ActorKind,
) -> None:
    """Notify one side; a provider by the offer alone, for without one they were not asked."""
    customer = await deps.users.get(request.customer_id)
    user, url = customer, "request_url"
    if recipient is ActorKind.PROVIDER:
        user, url = (await deps.users.get(offer.provider_user_id) if offer else None), "offer_url"
    if user is None:
        return
    booking = await deps.bookings.get(offer.booking_id) if offer and offer.booking_id else None
    data = matching_data(request, offer, booking, customer, deps.frontend_base_url)
    data = {**data, "url": data[url]}
    about = {"job_request_id": request.id} if recipient is ActorKind.CUSTOMER else {}
    about |= {"offer_id": offer.id} if offer else {}
    about |= {"booking_id": booking.id} if booking else {}
    template = notification.template_for(recipient)
    await dispatch(
        deps, Message(event, notification.kind, template, data, str(data["url"]), about=about), user, recipient[0]
    )
