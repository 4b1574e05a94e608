"""Exporting one's data, and deleting the account."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from common.application.bookings.create import BookingInput, create_booking
from common.application.identity.erasure import ACCOUNT_DELETED, erase_person
from common.domain.bookings.state_machine import erase_customer
from common.domain.shared.errors import Unavailable
from common.domain.shared.events import Topic, new_event

from tests.factories.bookings import NOW, make_booking, make_creation
from tests.fakes.payment_gateway import Fault
from tests.support.booking_world import ADDRESS
from tests.support.people import PASSWORD, Identity, bearer

if TYPE_CHECKING:
    from common.domain.bookings.booking import Booking
    from common.domain.shared.events import Event
    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock
    from tests.support.booking_world import BookingWorld

DETAILS = {
    "full_name": "Tom Fisher",
    "phone_number": "+64279876543",
    "address": "7 Quiet Lane, Nelson",
    "trading_name": "Fisher Garden Care",
}


async def _provider(identity: Identity, email: str, **details: str) -> tuple[dict[str, str], str]:
    headers = bearer(await identity.register(email))
    await identity.post("/v1/onboarding/path", {"path": "provider"}, **headers)
    answer = await identity.post("/v1/onboarding/provider", {**DETAILS, **details}, **headers)
    return headers, answer.json()["user"]["id"]


async def test_the_export_holds_everything_but_secrets(identity: Identity) -> None:
    headers, user_id = await _provider(identity, "export@example.com")
    provider_id = (await identity.client.get("/v1/users/me", headers=headers)).json()["provider_id"]
    subscriptions = identity.container.mongo.collection("subscriptions")
    await subscriptions.insert_one({"_id": provider_id, "stripe_id": "sub_1", "plan_id": "plus"})
    found = (await identity.client.get("/v1/users/me/export", headers=headers)).json()
    assert found["subscriptions"] == [{"id": provider_id, "stripe_id": "sub_1", "plan_id": "plus"}]
    assert found["account"]["id"] == user_id
    assert found["provider_profile"][0]["trading_name"] == "Fisher Garden Care"
    assert {event["type"] for event in found["security_events"]} >= {"email_verified", "signed_in"}
    assert len(found["sessions"]) == 1
    text = str(found)
    assert "argon2" not in text
    assert "hash" not in text


async def _customer(identity: Identity, world: BookingWorld, email: str) -> tuple[dict[str, str], str]:
    """Somebody who registered, and is the one who books in this world."""
    pair = await identity.register(email)
    profile = {"full_name": "Rewi Waititi", "phone_number": "+64279876544", "address": "9 Hidden Lane, Auckland"}
    answer = await identity.post("/v1/onboarding/profile", profile, **bearer(pair))
    stored = await identity.container.users.get(answer.json()["user"]["id"])
    assert stored is not None
    world.customer = stored
    return bearer(answer.json()), stored.id


async def _book_at(world: BookingWorld, address: str, notes: str = "", *, day: int = 2) -> Booking:
    request = BookingInput(service_id=world.service.id, start_at=world.start_in(days=day), address=address, notes=notes)
    booking, _ = await create_booking(world.deps, world.customer.id, request, idempotency_key=None)
    return await world.pay(booking)


async def _forget(identity: Identity, *, fails: bool = False) -> Event:
    """What the worker does about the one deletion."""
    [event] = [event for event in identity.publisher.events if event.type == ACCOUNT_DELETED]
    if fails:
        with pytest.raises(Unavailable):
            await erase_person(identity.container.erasure, event)
    else:
        await erase_person(identity.container.erasure, event)
    return event


async def _everything(container: Container) -> list[str]:
    stored = []
    for name in await container.mongo.db.list_collection_names():
        stored += [f"{name}: {row}" async for row in container.mongo.collection(name).find({})]
    return stored


async def test_after_deletion_nobody_is_left(identity: Identity, container: Container, world: BookingWorld) -> None:
    headers, user_id = await _customer(identity, world, "leaver@example.com")
    booking = await _book_at(world, "9 Hidden Lane, Auckland", "Key under the mat")
    booking = await world.act(booking, "decline", world.provider_user)
    await world.drain()
    news = {"user_id": world.provider_user.id, "booking_id": booking.id, "read_at": None}
    words = {"title": "Request of Rewi Waititi", "body": "Rewi Waititi, 9 Hidden Lane", "kind": "bookings"}
    await container.mongo.collection("notifications").insert_one({"_id": "ntf_told", **news, **words})
    await container.mongo.collection("mails").insert_one({"_id": "evt_1:x", "user_id": user_id})
    money = await container.mongo.collection("ledger_entries").find({"booking_id": booking.id}).to_list()

    assert (await identity.client.delete("/v1/users/me", headers=headers)).status_code == 204
    assert (await identity.client.get("/v1/users/me", headers=headers)).status_code == 401
    assert (await identity.log_in("leaver@example.com")).status_code == 401
    for _ in range(2):
        event = await _forget(identity)
    await container.outbox.mark_published([event.id], container.clock.now())

    stored = await _everything(container)
    for trace in ("leaver@example.com", "Hidden Lane", "Key under the mat", "+64279876544", "Rewi Waititi"):
        assert [row for row in stored if trace in row] == []
    assert world.gateway.deleted_customers == {f"cus_{user_id}"}
    assert await container.mongo.collection("mails").count_documents({"user_id": user_id}) == 0
    kept = await world.get(booking)
    assert (kept.status, kept.price, kept.customer_id) == (booking.status, booking.price, user_id)
    assert (kept.place.address, kept.notes, kept.start_code) == ("", "", "")
    assert (await world.history(kept))[-1] == "erase_customer"
    assert kept.version == (await world.deps.bookings.list_history(kept.id, limit=100))[-1].version
    assert await container.mongo.collection("ledger_entries").find({"booking_id": booking.id}).to_list() == money
    assert await container.mongo.collection("security_events").count_documents({"user_id": user_id}) > 0

    anew = await identity.register("leaver@example.com", PASSWORD)
    assert anew["user"]["id"] != user_id


@pytest.mark.parametrize("leaver", ["customer", "provider"])
async def test_what_a_leaving_party_wrote_is_read_by_nobody_any_more(
    identity: Identity, world: BookingWorld, leaver: str
) -> None:
    """Reasons, complaints and evidence go with the account, out of the booking and out of its audit trail."""
    secret = f"my mother Ngaio at {uuid4().hex}"
    booking = await _book_at(world, "9 Hidden Lane")
    cancels = await _book_at(world, "9 Hidden Lane", day=3)
    person = world.customer if leaver == "customer" else world.provider_user
    cancels = await world.act(cancels, "cancel", person, {"reason": secret})
    rows = world.container.mongo.collection("bookings")
    by = {"opened_by": leaver, "reason": secret, "opened_at": NOW, "from_status": "completed"}
    evidence = [{"by": party, "at": NOW, "text": f"{party}: {secret}"} for party in ("customer", "provider")]
    closed = {"status": "settled", "next_due_at": None, "dispute": {**by, "evidence": evidence}}
    await rows.update_one({"_id": booking.id}, {"$set": closed})
    history = world.container.mongo.collection("booking_history")
    changed = {"dispute": {"from": None, "to": {**by, "opened_at": NOW.isoformat()}}}
    await history.update_one({"booking_id": booking.id, "version": 1}, {"$set": {"changed": changed}})

    known = {"user_id": person.id, "provider_id": world.provider.id if leaver == "provider" else None}
    event = new_event(Topic.PAYMENTS, ACCOUNT_DELETED, NOW, **known, stripe_customer_id="cus_gone")
    for _ in range(2):
        await erase_person(identity.container.erasure, event)
    stored = [str(await rows.find_one({"_id": each.id})) for each in (booking, cancels)]
    stored += [str(row) async for row in history.find({"booking_id": {"$in": [booking.id, cancels.id]}})]
    other = "provider" if leaver == "customer" else "customer"
    assert [row for row in stored if secret in row.replace(f"{other}: {secret}", "")] == []
    assert f"{other}: {secret}" in stored[0], "what the other party wrote stays"


async def test_stripe_may_be_unavailable_when_somebody_leaves(identity: Identity, world: BookingWorld) -> None:
    headers, user_id = await _customer(identity, world, "leaves.later@example.com")
    booking = await world.act(await _book_at(world, "9 Hidden Lane"), "decline", world.provider_user)
    await world.drain()
    world.gateway.faults.append(Fault.AWAY)
    assert (await identity.client.delete("/v1/users/me", headers=headers)).status_code == 204
    await _forget(identity, fails=True)
    assert (await world.get(booking)).place.address == ""
    await _forget(identity)
    assert world.gateway.deleted_customers == {f"cus_{user_id}"}


async def test_nobody_leaves_before_everything_is_settled(
    identity: Identity, world: BookingWorld, clock: FakeClock
) -> None:
    """Work that is done is not settled: the payout is held, and either side may still complain."""
    headers, _ = await _customer(identity, world, "busy@example.com")
    booking = await _book_at(world, ADDRESS)
    seen = {}
    for step in ("requested", "accepted", "in_progress", "completed", "settled"):
        booking = await _lead_to(world, booking, step, clock)
        fresh = bearer((await identity.log_in("busy@example.com")).json())
        refused = await identity.client.delete("/v1/users/me", headers=fresh) if step != "settled" else None
        seen[step] = (refused.status_code, refused.json()["code"]) if refused else None
        if refused:
            assert refused.json()["bookings"] == [
                {"booking_id": booking.id, "status": step, "role": "customer", "kind": "under_way"}
            ]
    assert {seen[step] for step in seen if step != "settled"} == {(409, "open_bookings")}
    last = bearer((await identity.log_in("busy@example.com")).json())
    assert (await identity.client.delete("/v1/users/me", headers=last)).status_code == 204
    del headers


async def _lead_to(world: BookingWorld, booking: Booking, status: str, clock: FakeClock) -> Booking:
    if status == "accepted":
        booking = await world.act(booking, "accept", world.provider_user)
    if status == "in_progress":
        await world.move_to(booking.slot.start_at)
        booking = await world.get(booking)
        booking = await world.act(booking, "start", world.provider_user, {"code": booking.start_code})
    if status == "completed":
        booking = await world.act(booking, "complete", world.provider_user)
    if status == "settled":
        await world.move_to(clock.now() + timedelta(days=4))
    await world.drain()
    return await world.get(booking)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"status": "no_show"}, "under_way"),
        ({"status": "disputed"}, "under_way"),
        ({"status": "cancelled", "payment_details.open_operations": [{"id": "pay_1"}]}, "money_moving"),
        ({"status": "settled", "payment_details.needs_attention": True}, "money_moving"),
        ({"status": "settled", "payout": "debt"}, "debt"),
    ],
)
async def test_what_keeps_a_provider(
    identity: Identity, container: Container, fields: dict[str, Any], kind: str
) -> None:
    headers, user_id = await _provider(identity, f"{uuid4().hex}@example.com")
    user = await container.users.get(user_id)
    assert user is not None
    booking = make_booking(provider_id=user.provider_id, provider_user_id=user_id)
    await container.booking_repository.commit(make_creation(booking))
    await container.mongo.collection("bookings").update_one({"_id": booking.id}, {"$set": fields})
    refused = await identity.client.delete("/v1/users/me", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "open_bookings")
    [named] = refused.json()["bookings"]
    assert named == {"booking_id": booking.id, "status": fields["status"], "role": "provider", "kind": kind}
    assert (await identity.client.get("/v1/users/me", headers=headers)).status_code == 200


async def test_a_debt_is_its_providers_and_keeps_no_customer(identity: Identity, container: Container) -> None:
    pair = await identity.register("not.my.debt@example.com")
    booking = make_booking(customer_id=pair["user"]["id"])
    await container.booking_repository.commit(make_creation(booking))
    fields = {"status": "settled", "payout": "debt"}
    await container.mongo.collection("bookings").update_one({"_id": booking.id}, {"$set": fields})
    assert (await identity.client.delete("/v1/users/me", headers=bearer(pair))).status_code == 204


def test_a_booking_under_way_keeps_its_address() -> None:
    with pytest.raises(ValueError, match="under way"):
        erase_customer(make_booking(), NOW)
