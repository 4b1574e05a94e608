"""Bookings and what commits with them, as documents."""

from common.adapters.mongo.shared.database import Document
from common.adapters.mongo.shared.documents import to_native_document
from common.domain.bookings.booking import Booking
from common.domain.bookings.charges import MOVED_FIELDS
from common.domain.bookings.earnings import earned_of
from common.domain.bookings.groups import awaited_parties
from common.domain.shared.events import Event


def booking_document(booking: Booking) -> Document:
    """A booking with what indexes need beside its own fields.

    ``awaiting`` are the parties that must act, ``figures`` what it adds to its provider's earnings.
    """
    document = to_native_document(booking)
    return {
        **document,
        "payment_details": {**document["payment_details"], **_one_payment(document["charges"])},
        "awaiting": list(awaited_parties(booking)),
        "figures": earned_of(booking).model_dump(),
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
