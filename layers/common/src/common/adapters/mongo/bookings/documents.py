"""Bookings and what commits with them, as documents."""

from common.adapters.mongo.shared.database import Document
from common.adapters.mongo.shared.documents import to_native_document
from common.domain.bookings.booking import Booking
from common.domain.bookings.groups import awaited_parties
from common.domain.shared.events import Event


def booking_document(booking: Booking) -> Document:
    """A booking with ``awaiting`` beside its own fields: the parties that must act, for the index of lists."""
    return {**to_native_document(booking), "awaiting": list(awaited_parties(booking))}


def outbox_document(event: Event) -> Document:
    """An event that waits for publication."""
    return {**to_native_document(event), "published_at": None}
