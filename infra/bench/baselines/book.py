"""The baseline of making a booking: what its safety needs, in the fewest commands, by the bare driver.

1. The account (may it act, name and telephone), and at the same time the service with its provider in one command.
2. One transaction: the slot by its unique index, the booking, the audit row, the payment as it is about to be made, the
   event, where the measured request has one. A write each, for one command cannot write to several collections.
3. Stripe is asked under the operation's idempotency key; meanwhile the event is sent, and marked as sent.
4. One transaction: the booking with its intent, on condition of its version, the audit row, the operation's result.

Left out: verifying the token, rules of slots beyond the unique index, locating the address, limits of rates and holds,
and the shape of the answer. What to write is what one real booking wrote, captured beforehand.
"""

import asyncio
import json
from typing import Any

from infra.bench.baselines.captured import captured, new_booking, renewed
from infra.bench.baselines.connection import Document, answer, client, database, service_with_provider
from infra.bench.baselines.payment import open_payment
from infra.bench.baselines.publishing import publish

_written = captured()


def handler(event: Document, _context: object) -> Document:
    """Book: the body names the customer, the service, the cells to take, and the booking's id."""
    return answer(_book(json.loads(event["body"])), 201)


async def _book(request: Document) -> Any:
    booking_id = request["booking_id"]
    await asyncio.gather(
        database["users"].find_one({"_id": request["customer_id"]}), service_with_provider(request["service_id"])
    )
    booking = new_booking(_written["bookings"][0], booking_id)
    first, *later = _written["booking_history"]
    operation = renewed(_written["payment_operations"][0], booking_id)
    events = [renewed(row, booking_id) for row in _written["outbox"]]
    claim = {**renewed(_written["slot_claims"][0], booking_id), "cells": request["cells"]}
    async with client.start_session() as session, await session.start_transaction():
        await database["slot_claims"].insert_one(claim, session=session)
        await database["bookings"].insert_one(booking, session=session)
        await database["booking_history"].insert_one(renewed(first, booking_id), session=session)
        await database["payment_operations"].insert_one(operation, session=session)
        if events:
            await database["outbox"].insert_many(events, session=session)
    publishing = asyncio.create_task(publish(events))
    intent = await open_payment(booking_id, operation["_id"])
    opened = {"charges.0.payment_intent_id": intent["id"], "payment": "action_required"}
    done = {"status": "succeeded", "stripe_id": intent["id"]}
    of_version = {"_id": booking_id, "version": booking["version"]}
    async with client.start_session() as session, await session.start_transaction():
        await database["bookings"].update_one(of_version, {"$set": opened, "$inc": {"version": 1}}, session=session)
        await database["booking_history"].insert_one(renewed((later or [first])[0], booking_id), session=session)
        await database["payment_operations"].update_one({"_id": operation["_id"]}, {"$set": done}, session=session)
    await publishing
    return {"booking": booking, "client_secret": intent["client_secret"]}
