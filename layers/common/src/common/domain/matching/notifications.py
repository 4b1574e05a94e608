"""Whom job requests and offers notify of what: one row for each fact, with its recipients and template.

What nobody is mailed of, for they have done it themselves or hear of the booking, is a row all the same: whoever looks
at the moment sees it at once.
"""

from datetime import datetime
from typing import Any

from common.domain.shared.actors import ActorKind
from common.domain.shared.events import Event, Topic, new_event
from common.domain.shared.notification_kinds import Kind
from common.domain.shared.state_machine import Notification

_NOBODY = ()
_CUSTOMER = (ActorKind.CUSTOMER,)
_PROVIDER = (ActorKind.PROVIDER,)
_BOTH = (ActorKind.CUSTOMER, ActorKind.PROVIDER)

#: Every notification by its type.
NOTIFICATIONS: dict[str, Notification[ActorKind]] = {}


def _row(type_: str, recipients: tuple[ActorKind, ...]) -> Notification[ActorKind]:
    """Add a notification to the table."""
    row = Notification(type=type_, recipients=recipients, kind=Kind.OFFERS, template=type_.replace(".", "_"))
    NOTIFICATIONS[type_] = row
    return row


OFFER_MADE = _row("offer.made", _PROVIDER)
OFFER_QUOTED = _row("offer.quoted", _CUSTOMER)
OFFER_COUNTERED = _row("offer.countered", _BOTH)
OFFER_CHOSEN = _row("offer.chosen", _PROVIDER)
OFFER_ACCEPTED = _row("offer.accepted", _NOBODY)
OFFER_DECLINED = _row("offer.declined", _NOBODY)
OFFER_EXPIRED = _row("offer.expired", _PROVIDER)
OFFER_WITHDRAWN = _row("offer.withdrawn", _PROVIDER)
OFFER_LAPSED = _row("offer.lapsed", _PROVIDER)
REQUEST_WAVE_SENT = _row("job_request.wave_sent", _NOBODY)
REQUEST_MATCHED = _row("job_request.matched", _CUSTOMER)
REQUEST_BOOKED = _row("job_request.booked", _NOBODY)
REQUEST_REOPENED = _row("job_request.reopened", _CUSTOMER)
REQUEST_EXHAUSTED = _row("job_request.exhausted", _CUSTOMER)
REQUEST_EXPIRED = _row("job_request.expired", _CUSTOMER)
REQUEST_CANCELLED = _row("job_request.cancelled", _CUSTOMER)
REQUEST_EXTENDED = _row("job_request.extended", _NOBODY)


def matching_event(
    notification: Notification[ActorKind],
    now: datetime,
    *,
    request_id: str,
    offer_id: str | None = None,
    version: int | None = None,
    by: ActorKind | None = None,
) -> Event:
    """That something happened to a request or an offer, for the worker that notifies people.

    Args:
        notification: a row of this table.
        now: when it happened.
        request_id: whose request it is about.
        offer_id: which offer; ``None`` where it is about the request alone.
        version: which state of the offer, or else of the request, it made.
        by: who did it, who is not notified of it.
    """
    payload: dict[str, Any] = {
        "request_id": request_id,
        "offer_id": offer_id,
        "version": version,
        "by": by.value if by else None,
    }
    return new_event(Topic.NOTIFICATIONS, notification.type, now, **payload)
