"""An extra over HTTP: proposed, agreed with its price, paid by its own charge, or gone where the card is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from common.domain.payments.ledger import left_over

from tests.support.http import api_client
from tests.support.identity import sign_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx
    from common.domain.bookings.booking import Booking

    from tests.support.booking_world import BookingWorld

Headers = dict[str, str]
EXTRA = {"label": "The hedge too", "amount": 3_000}
PRICE = 12_500


@pytest.fixture
async def payments(world: BookingWorld) -> AsyncIterator[httpx.AsyncClient]:
    async with api_client("payments", world.container) as client:
        yield client


@pytest.fixture
async def work(world: BookingWorld) -> tuple[Booking, Headers, Headers]:
    """A booking whose work has begun, and who its customer and its provider are."""
    booking = await world.started()
    customer = await sign_in(world.container, world.customer)
    return booking, customer, await sign_in(world.container, world.provider_user)


async def act(client: httpx.AsyncClient, booking: Booking, action: str, headers: Headers, **body: Any) -> Any:
    return await client.post(f"/v1/bookings/{booking.id}/actions/{action}", headers=headers, json=body)


async def use_card(world: BookingWorld, booking: Booking, card: str) -> None:
    """The booking is paid with another card from now on."""
    bookings = world.container.mongo.collection("bookings")
    await bookings.update_one({"_id": booking.id}, {"$set": {"payment_details.payment_method_id": card}})


async def test_from_the_proposal_to_the_payout(
    world: BookingWorld,
    client: httpx.AsyncClient,
    payments: httpx.AsyncClient,
    work: tuple[Booking, Headers, Headers],
) -> None:
    started, customer, provider = work
    assert (await act(client, started, "propose_extra", provider, label="x", amount=0)).status_code == 422
    done = await act(client, started, "propose_extra", provider, **EXTRA)
    assert done.status_code == 200, done.text
    url = f"/v1/bookings/{started.id}"
    for headers in (customer, provider):
        seen = (await client.get(url, headers=headers)).json()
        assert (seen["extra"]["label"], seen["extra"]["amount"]["amount"]) == ("The hedge too", 3_000)
        assert seen["price"]["amount"] == PRICE
    seen = (await client.get(url, headers=customer)).json()
    (offer,) = [each for each in seen["available_actions"] if each["action_name"] == "accept_extra"]
    assert offer["consequences"]["fee"] == {"amount": 3_000, "currency": "nzd"}
    assert "accepted_fee" in offer["input_schema"]["properties"]

    unseen = await act(client, started, "accept_extra", customer)
    assert (unseen.status_code, unseen.json()["code"]) == (409, "fee_not_accepted")
    assert (await act(client, started, "accept_extra", customer, accepted_fee=2_999)).status_code == 409
    assert (await act(client, started, "accept_extra", provider, accepted_fee=3_000)).status_code == 403
    agreed = await act(client, started, "accept_extra", customer, accepted_fee=3_000)
    assert agreed.status_code == 200, agreed.text
    assert (agreed.json()["price"]["amount"], agreed.json()["extra"]) == (PRICE + 3_000, None)
    await world.drain()
    assert (await act(client, started, "complete", provider)).status_code == 200
    await world.drain()
    paid = (await payments.get(f"{url}/payment", headers=customer)).json()
    assert [(each["purpose"], each["state"], each["captured"]["amount"]) for each in paid["charges"]] == [
        ("booking", "captured", PRICE),
        ("extra", "captured", 3_000),
    ]
    assert [each["line_ids"] for each in paid["charges"]] == [["line_1"], ["line_2"]]
    assert (paid["payment"], paid["captured"]["amount"]) == ("captured", PRICE + 3_000)
    assert {each["charge_id"] for each in paid["ledger"]} == {"chg_1", "chg_2"}
    await world.move_to(started.slot.end_at + world.deps.settings.settle_after)
    booking = await world.get(started)
    lines = await world.container.payments.ledger.list_by_booking(booking.id)
    assert left_over(lines) == {}
    assert [each.transferred_amount for each in booking.charges] == [11_000, 2_640]
    assert len({each.payment_intent_id for each in booking.charges}) == 2


async def test_a_refused_card_lets_it_lapse_and_the_booking_goes_on(
    world: BookingWorld, client: httpx.AsyncClient, work: tuple[Booking, Headers, Headers]
) -> None:
    started, customer, provider = work
    await act(client, started, "propose_extra", provider, **EXTRA)
    await use_card(world, started, "pm_card_chargeDeclined")
    assert (await act(client, started, "accept_extra", customer, accepted_fee=3_000)).status_code == 200
    await world.drain()
    seen = (await client.get(f"/v1/bookings/{started.id}", headers=customer)).json()
    assert (seen["price"]["amount"], seen["payment"]["state"]) == (PRICE, "authorized")
    booking = await world.get(started)
    assert [(each.state.value, each.line_ids) for each in booking.charges] == [("authorized", []), ("failed", [])]
    intents = [each for each in world.gateway.intents.values() if each.metadata.get("booking_id") == booking.id]
    assert sorted(each.status.value for each in intents) == ["canceled", "requires_capture"]


async def test_a_bank_that_asks_is_answered_by_the_route_that_confirms_payments(
    world: BookingWorld,
    client: httpx.AsyncClient,
    payments: httpx.AsyncClient,
    work: tuple[Booking, Headers, Headers],
) -> None:
    started, customer, provider = work
    await act(client, started, "propose_extra", provider, **EXTRA)
    await use_card(world, started, "pm_card_authenticationRequired")
    await act(client, started, "accept_extra", customer, accepted_fee=3_000)
    confirm = f"/v1/bookings/{started.id}/payment/confirm"
    asked = (await payments.post(confirm, headers=customer)).json()
    booking = await world.get(started)
    intent_id = booking.charges[1].payment_intent_id or ""
    assert (asked["action"]["charge_id"], asked["payment"]) == ("chg_2", "action_required")
    assert asked["action"]["client_secret"] == world.gateway.intents[intent_id].client_secret
    assert intent_id != booking.first_charge.payment_intent_id
    world.gateway.authenticate(intent_id)
    done = (await payments.post(confirm, headers=customer)).json()
    assert (done["action"], done["payment"]) == (None, "authorized")
    found = await world.container.bookings.bookings.find_by_stripe_id(intent_id)
    assert found is not None
    assert found.id == booking.id
