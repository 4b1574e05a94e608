"""Beanie's documents, with the fields of our models."""

from typing import Any

from beanie import Document
from common.domain.bookings.booking import Booking, HistoryEntry
from common.domain.catalogue.providers import Provider
from common.domain.catalogue.services import Service
from common.domain.identity.users import User
from common.domain.payments.operations import PaymentOperation
from common.domain.scheduling.slot_cells import SlotClaim
from common.domain.shared.events import Event
from pydantic import BaseModel, Field, create_model

_ID = (str, Field(alias="_id"))


def _document(name: str, collection: str, model: type[BaseModel]) -> Any:
    """A document with the fields of one of our models, which the type checker does not know."""
    fields: dict[str, Any] = {
        field: (info.annotation, info) for field, info in model.model_fields.items() if field != "id"
    }
    made: type[Document] = create_model(name, __base__=Document, id=_ID, **fields)
    made.Settings = type("Settings", (), {"name": collection})  # type: ignore[attr-defined] # Beanie looks for it
    return made


Users = _document("Users", "users", User)
Providers = _document("Providers", "providers", Provider)
Services = _document("Services", "services", Service)
Bookings = _document("Bookings", "bookings", Booking)
Claims = _document("Claims", "slot_claims", SlotClaim)
History = _document("History", "booking_history", HistoryEntry)
Operations = _document("Operations", "payment_operations", PaymentOperation)
Outbox = _document("Outbox", "outbox", Event)
EVERY = (Users, Providers, Services, Bookings, Claims, History, Operations, Outbox)
