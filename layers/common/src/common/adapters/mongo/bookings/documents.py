"""Bookings and what commits with them, as documents."""

from common.adapters.mongo.shared.database import Document
from common.adapters.mongo.shared.documents import to_native_document
from common.domain.bookings.booking import Booking
from common.domain.bookings.charges import MOVED_FIELDS
from common.domain.bookings.groups import awaited_parties
from common.domain.shared.events import Event


def booking_document(booking: Booking) -> Document:
    """A booking with ``awaiting`` beside its own fields: the parties that must act, for the index of lists."""
    document = to_native_document(booking)
    return {
        **document,
        "payment_details": {**document["payment_details"], **_one_payment(document["charges"])},
        "awaiting": list(awaited_parties(booking)),
    }


def _one_payment(charges: list[Document]) -> Document:
    """The only charge as the release before charges reads it, which may serve while this one is deployed or undone.

    Where there are several it finds none, and refuses the booking: it would lose all but the first.
    """
    if len(charges) > 1:
        return {}
    return {old: charges[0][new] for old, new in MOVED_FIELDS.items()}


def outbox_document(event: Event) -> Document:
    """An event that waits for publication."""
    return {**to_native_document(event), "published_at": None}
