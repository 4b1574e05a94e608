"""Bookings and what commits with them, as documents: ``_id`` for the id, fields named as in the domain."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from common.adapters.mongo.shared.database import Document
    from common.domain.bookings.booking import Booking
    from common.domain.shared.events import Event
    from common.domain.shared.model import Model


def to_document(model: Model) -> Document:
    """A model's fields with ``id`` as ``_id``; enumerations and tuples are left to BSON."""
    document = model.model_dump()
    return {"_id": document.pop("id"), **document}


def from_document(document: Document) -> Document:
    """A document's fields with ``_id`` as ``id``, ready for ``model_validate``."""
    return {"id": document["_id"], **document}


def booking_document(booking: Booking) -> Document:
    """A booking with ``awaiting`` beside its own fields: the parties that must act, for the index of lists."""
    from common.domain.bookings.groups import awaited_parties  # noqa: PLC0415 - others come here for their rows alone

    return {**to_document(booking), "awaiting": list(awaited_parties(booking))}


def outbox_document(event: Event) -> Document:
    """An event that waits for publication."""
    return {**to_document(event), "published_at": None}
