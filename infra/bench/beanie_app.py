"""The same two routes the usual way: FastAPI and Beanie, for uvicorn.

``GET /v1/services/{id}`` answers a stored service through a response model; ``POST /v1/bookings`` makes the reads of a
booking and writes its documents in one transaction. Neither checks a token, a slot or a rule, which favours this side.
"""

from __future__ import annotations

import os
import uuid
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from beanie import Document, init_beanie
from bson import json_util
from common.domain.bookings.booking import Booking, HistoryEntry
from common.domain.catalogue.providers import Provider
from common.domain.catalogue.services import Service
from common.domain.identity.users import User
from common.domain.payments.operations import PaymentOperation
from common.domain.scheduling.slot_cells import SlotClaim
from common.domain.shared.events import Event
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field, create_model
from pymongo import AsyncMongoClient

from infra.bench.baselines.captured import fresh

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_ID = (str, Field(alias="_id"))


def _document(name: str, collection: str, model: type[BaseModel]) -> type[Document]:
    """A Beanie document with the fields of one of our models."""
    fields: dict[str, Any] = {
        field: (info.annotation, info) for field, info in model.model_fields.items() if field != "id"
    }
    settings = type("Settings", (), {"name": collection})
    made: type[Document] = create_model(name, __base__=Document, id=_ID, **fields)
    made.Settings = settings  # type: ignore[attr-defined]
    return made


class BookingInput(BaseModel):
    """The body of ``POST /v1/bookings``."""

    model_config = ConfigDict(extra="forbid")

    booking_id: str
    customer_id: str
    service_id: str
    provider_id: str
    cells: list[int]


class ServiceView(Service):
    """What ``GET /v1/services/{id}`` answers."""


Users = _document("Users", "users", User)
Providers = _document("Providers", "providers", Provider)
Services = _document("Services", "services", Service)
Written: dict[str, type[Document]] = {
    "bookings": _document("Bookings", "bookings", Booking),
    "slot_claims": _document("Claims", "slot_claims", SlotClaim),
    "booking_history": _document("History", "booking_history", HistoryEntry),
    "payment_operations": _document("Operations", "payment_operations", PaymentOperation),
    "outbox": _document("Outbox", "outbox", Event),
}
_client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(os.environ["MONGODB_URI"], w="majority", tz_aware=True)
_documents: dict[str, list[dict[str, Any]]] = json_util.loads(Path(os.environ["BENCH_DOCUMENTS"]).read_text())
_stripe = httpx.AsyncClient(base_url=os.environ["STRIPE_API_BASE"], timeout=10)


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[None]:
    models = [Users, Providers, Services, *Written.values()]
    await init_beanie(database=_client[os.environ["MONGODB_DATABASE"]], document_models=models, skip_indexes=True)
    yield
    await _client.close()


app = FastAPI(lifespan=_lifespan)


@app.get("/v1/services/{service_id}")
async def get_service(service_id: str) -> ServiceView:
    """One stored service."""
    found = await Services.get(service_id)
    return ServiceView.model_validate(found, from_attributes=True)


@app.post("/v1/bookings", status_code=201)
async def post_booking(request: BookingInput) -> dict[str, Any]:
    """The reads and writes of one booking, and the call that opens its payment."""
    await Users.get(request.customer_id)
    await Services.get(request.service_id)
    await Providers.get(request.provider_id)
    taken = {
        "provider_id": request.provider_id,
        "cells": {"$elemMatch": {"$gte": request.cells[0], "$lte": request.cells[-1]}},
    }
    await Written["slot_claims"].find(taken).to_list()
    await _open_payment(request)
    captured = fresh(_documents, request.booking_id, request.cells)
    rows = {name: [Written[name].model_validate(row) for row in found] for name, found in captured.items()}
    async with _client.start_session() as session, await session.start_transaction():
        for documents in rows.values():
            await type(documents[0]).insert_many(documents, session=session)
    answer: dict[str, Any] = rows["bookings"][0].model_dump(mode="json")
    return answer


async def _open_payment(request: BookingInput) -> None:
    form = {
        "amount": "12500",
        "currency": "nzd",
        "capture_method": "manual",
        "metadata[booking_id]": request.booking_id,
    }
    headers = {"Authorization": f"Bearer {os.environ['STRIPE_SECRET_KEY']}", "Idempotency-Key": str(uuid.uuid4())}
    (await _stripe.post("/v1/payment_intents", data=form, headers=headers)).raise_for_status()
