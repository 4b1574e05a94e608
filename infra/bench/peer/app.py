"""FastAPI and Beanie doing the work of four routes of ours, under the same runtime client and Mangum.

Done as by ours: the access token's signature, issuer and audience; the account's state; the limit of an address's rate;
rules of the slot; the slot by the unique index; the payment recorded before Stripe is called, under its operation's
key; audit row and event in the transaction; its result in another one; the event sent and marked; the answer with what
the caller may see and do; logs and spans (see ``observed``). What is offered and shown is decided by the
product's own rules, so that the two differ in how a request is served and stored. Left out, in its favour: the limit of
unpaid holds, locating the address, guards of the state machine, replays of a key.
"""

import asyncio
import uuid
from datetime import UTC, datetime
from typing import Annotated, Any

from beanie import init_beanie
from common.application.bookings.read import VisibleBooking
from common.domain.bookings.booking import Actor, ActorKind, Booking
from common.domain.bookings.disclosure import seen_by
from common.domain.bookings.settings import BookingSettings
from common.domain.bookings.state_machine import get_available_booking_actions
from common.domain.catalogue.services import Service
from fastapi import Depends, FastAPI, HTTPException
from mangum import Mangum
from pydantic import BaseModel
from pymongo.errors import DuplicateKeyError

from functions.bookings.presenter import present_booking
from functions.bookings.schemas import BookingView
from infra.bench.baselines.captured import captured, new_booking, renewed
from infra.bench.baselines.connection import client, database, loop
from infra.bench.baselines.payment import open_payment
from infra.bench.baselines.publishing import publish
from infra.bench.peer.models import EVERY, Bookings, Claims, History, Operations, Outbox, Providers, Services
from infra.bench.peer.observed import observed
from infra.bench.peer.rules import check_slot, current_user, limited

_written = captured()
_settings = BookingSettings()
_PAGE = 20
User = Annotated[Any, Depends(current_user)]
app = FastAPI()


class BookingRequest(BaseModel):
    """The body of ``POST /v1/bookings``."""

    service_id: str
    start_at: datetime
    address: str | None = None
    notes: str = ""


class ServiceView(Service):
    """What ``GET /v1/services/{id}`` answers."""

    provider_name: str


class Page(BaseModel):
    """What ``GET /v1/bookings`` answers."""

    items: list[BookingView]
    next_cursor: str | None


@app.get("/v1/services/{service_id}")
async def get_service(service_id: str) -> ServiceView:
    """One service, and whose it is."""
    service = await Services.get(service_id)
    provider = await Providers.get(service.provider_id) if service else None
    if provider is None:
        raise HTTPException(404)
    return ServiceView(**service.model_dump(), provider_name=provider.trading_name)


@app.get("/v1/bookings")
async def list_bookings(user: User) -> Page:
    """The caller's bookings, the latest start first."""
    found = await Bookings.find({"customer_id": user.id}).sort("-slot.start_at", "-_id").limit(_PAGE + 1).to_list()
    cursor = found[_PAGE - 1].id if len(found) > _PAGE else None
    return Page(items=[_view(each, ActorKind.CUSTOMER, user) for each in found[:_PAGE]], next_cursor=cursor)


@app.post("/v1/bookings", status_code=201, dependencies=[Depends(limited)])
async def post_booking(request: BookingRequest, user: User) -> BookingView:
    """Take the slot, record the payment, open it."""
    service = await Services.get(request.service_id)
    provider = await Providers.get(service.provider_id) if service else None
    if provider is None or not user.full_name or not user.phone_number:
        raise HTTPException(404)
    cells = check_slot(provider, service, request.start_at)
    booking_id = f"bkg_{uuid.uuid4().hex}"
    booking = Bookings.model_validate(new_booking(_written["bookings"][0], booking_id))
    first, *later = [renewed(row, booking_id) for row in _written["booking_history"]]
    operation = Operations.model_validate(renewed(_written["payment_operations"][0], booking_id))
    claim = Claims.model_validate({**renewed(_written["slot_claims"][0], booking_id), "cells": cells})
    events = [renewed(row, booking_id) for row in _written["outbox"]]
    try:
        async with client.start_session() as session, await session.start_transaction():
            await claim.insert(session=session)
            await booking.insert(session=session)
            await History.model_validate(first).insert(session=session)
            await operation.insert(session=session)
            if events:
                await Outbox.insert_many([Outbox.model_validate(row) for row in events], session=session)
    except DuplicateKeyError as error:
        raise HTTPException(409, "That time has just been taken.") from error
    intent = await open_payment(booking_id, operation.id)
    charge = booking.charges[0].model_copy(update={"payment_intent_id": intent["id"]})
    opened = {"charges": [charge.model_dump()], "version": booking.version + 1}
    async with client.start_session() as session, await session.start_transaction():
        await booking.set(opened, session=session)
        await History.model_validate({**(later or [first])[0], "_id": uuid.uuid4().hex}).insert(session=session)
        await operation.set({"status": "succeeded", "updated_at": datetime.now(UTC)}, session=session)
    await publish(events)
    shown = _view(booking, ActorKind.CUSTOMER, user)
    paying = shown.payment.model_copy(update={"client_secret": intent["client_secret"]})
    return shown.model_copy(update={"payment": paying})


@app.post("/v1/bookings/{booking_id}/actions/accept")
async def accept(booking_id: str, user: User) -> BookingView:
    """The provider agrees, if the booking still waits for that and nobody else has changed it."""
    booking = await Bookings.get(booking_id)
    if booking is None or booking.provider_user_id != user.id:
        raise HTTPException(404)
    if booking.status != "requested" or (booking.accept_by and booking.accept_by < datetime.now(UTC)):
        raise HTTPException(409, "Not possible now.")
    expected = booking.version
    history = [renewed(row, booking_id) for row in _written["booking_history"]]
    events = [renewed(row, booking_id) for row in _written["outbox"]]
    accepted = {"status": "accepted", "version": expected + 1, "updated_at": datetime.now(UTC)}
    async with client.start_session() as session, await session.start_transaction():
        changed = Bookings.find_one({"_id": booking_id, "version": expected})
        if not (await changed.update({"$set": accepted}, session=session)).matched_count:
            raise HTTPException(409, "Changed meanwhile.")
        await History.insert_many([History.model_validate(row) for row in history], session=session)
        await Outbox.insert_many([Outbox.model_validate(row) for row in events], session=session)
    await publish(events)
    return _view(booking.model_copy(update=accepted), ActorKind.PROVIDER, user)


def _view(stored: Any, side: ActorKind, user: Any) -> BookingView:
    """A booking as somebody may see it now, with what they may do."""
    now, actor = datetime.now(UTC), Actor(kind=side, id=user.id)
    booking = Booking.model_construct(**{name: getattr(stored, name) for name in Booking.model_fields})
    actions = get_available_booking_actions(booking, actor, now, _settings)
    return present_booking(VisibleBooking(booking=seen_by(booking, side, now, _settings), actor=actor, actions=actions))


asyncio.set_event_loop(loop)
loop.run_until_complete(init_beanie(database=database.connected, document_models=list(EVERY), skip_indexes=True))
handler = observed(Mangum(app, lifespan="off"))
