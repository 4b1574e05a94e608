"""What is shown is what happens: fees are agreed to, prices and policies are those that were seen."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.application.bookings.intents import complete_intent
from common.domain.catalogue.services import CancellationPolicyName
from common.domain.shared.errors import TermsChanged
from common.domain.shared.money import Money

from tests.support.booking_world import booking_request

if TYPE_CHECKING:
    import httpx
    from common.domain.bookings.booking import Booking

    from tests.support.booking_world import BookingWorld

Headers = dict[str, str]
HALF, WHOLE = 6_250, 12_500


def cancel(booking: Booking) -> str:
    return f"/v1/bookings/{booking.id}/actions/cancel"


async def offered(client: httpx.AsyncClient, booking: Booking, headers: Headers) -> tuple[dict[str, Any], str]:
    """The offer of cancelling, and the entity tag it came with."""
    answer = await client.get(f"/v1/bookings/{booking.id}/actions", headers=headers)
    return next(each for each in answer.json() if each["action_name"] == "cancel"), answer.headers["etag"]


async def test_a_cancellation_that_names_nothing_is_told_what_it_costs(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers
) -> None:
    booking = await world.requested(world.start_in(hours=30))
    shown, _ = await offered(client, booking, customer)
    assert shown["consequences"]["fee"]["amount"] == 0
    assert "accepted_fee" in shown["input_schema"]["properties"]
    booking = await world.act(booking, "accept", world.provider_user)

    silent = await client.post(cancel(booking), json={"reason": "Rain"}, headers=customer)
    free = await client.post(cancel(booking), json={"accepted_fee": 0}, headers=customer)

    for refused in (silent, free):
        assert (refused.status_code, refused.json()["code"]) == (409, "fee_not_accepted")
        assert refused.json()["consequences"] == {
            "refund": {"amount": HALF, "currency": "nzd"},
            "fee": {"amount": HALF, "currency": "nzd"},
        }
        assert (refused.json()["booking_status"], refused.json()["version"]) == ("accepted", booking.version)
    assert (await world.get(booking)).version == booking.version
    agreed = await client.post(cancel(booking), json={"accepted_fee": HALF}, headers=customer)
    assert (agreed.status_code, agreed.json()["status"]) == (200, "cancelled")
    await world.drain()
    assert (await world.get(booking)).captured_amount == HALF


async def test_the_money_that_was_shown_may_be_sent_back_as_it_is(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers
) -> None:
    booking = await world.accepted(world.start_in(hours=30))
    shown, _ = await offered(client, booking, customer)

    answer = await client.post(cancel(booking), json={"accepted_fee": shown["consequences"]["fee"]}, headers=customer)

    assert answer.status_code == 200, answer.text


async def test_a_version_is_good_for_its_price_until_time_changes_it(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers
) -> None:
    booking = await world.accepted(world.start_in(days=5))
    _, free = await offered(client, booking, customer)
    assert free == f'"{booking.version}-0"'
    world.clock.set(booking.slot.start_at - timedelta(hours=30))

    late = await client.post(cancel(booking), headers={**customer, "If-Match": free})
    stale = await client.post(cancel(booking), headers={**customer, "If-Match": f'"{booking.version - 1}"'})

    assert (late.status_code, late.json()["code"]) == (409, "fee_not_accepted")
    assert late.json()["consequences"]["fee"]["amount"] == HALF
    assert stale.status_code == 412
    _, tag = await offered(client, booking, customer)
    again = await client.get(f"/v1/bookings/{booking.id}", headers=customer)
    assert tag == again.headers["etag"] != free
    done = await client.post(cancel(booking), headers={**customer, "If-Match": tag})
    assert done.status_code == 200, done.text


async def test_a_fee_that_is_no_amount_is_refused_by_name(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers
) -> None:
    booking = await world.accepted()
    for wrong in (-1, 1.5, "6250", True, {"amount": 1}, {"amount": HALF, "currency": "aud"}):
        answer = await client.post(cancel(booking), json={"accepted_fee": wrong}, headers=customer)
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["field"] == "accepted_fee"


@pytest.mark.parametrize(
    "changed",
    [
        {"expected_price": {"amount": 12_000, "currency": "nzd"}},
        {"expected_price": {"amount": WHOLE, "currency": "aud"}},
        {"expected_cancellation_policy": "flexible"},
    ],
)
async def test_other_terms_than_were_seen_make_no_booking(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers, changed: dict[str, Any]
) -> None:
    body = booking_request(world, **changed)
    guest = {**body, "customer": {"full_name": "Guest", "email": "guest@example.com"}}
    for answer in (
        await client.post("/v1/bookings", json=body, headers=customer),
        await client.post("/v1/booking-intents", json=guest),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "terms_changed")
        assert answer.json()["price"] == {"amount": WHOLE, "currency": "nzd"}
        assert answer.json()["cancellation_policy"] == world.service.cancellation_policy
    assert await world.container.mongo.collection("bookings").count_documents({}) == 0
    assert await world.container.mongo.collection("slot_claims").count_documents({}) == 0


async def test_the_terms_that_were_seen_make_one(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers
) -> None:
    seen = {
        "expected_price": {"amount": WHOLE, "currency": "nzd"},
        "expected_cancellation_policy": world.service.cancellation_policy,
    }
    answer = await client.post("/v1/bookings", json=booking_request(world, **seen), headers=customer)
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    "fields",
    [
        {"price": Money(amount=20_000, currency="nzd").model_dump()},
        {"cancellation_policy": CancellationPolicyName.STRICT.value},
    ],
)
async def test_a_guest_is_not_charged_by_terms_that_changed_during_the_hold(
    world: BookingWorld, client: httpx.AsyncClient, fields: dict[str, Any]
) -> None:
    body = {**booking_request(world), "customer": {"full_name": "Guest", "email": "guest@example.com"}}
    opened = (await client.post("/v1/booking-intents", json=body)).json()
    await world.container.mongo.collection("services").update_one({"_id": world.service.id}, {"$set": fields})
    user = await world.container.users.find_by_email_key("guest@example.com")
    assert user is not None
    user = await world.container.users.update(user.id, {"full_name": "Guest", "phone_number": "+64211234567"})

    with pytest.raises(TermsChanged):
        await complete_intent(world.container.booking_intents, user, opened["id"])

    assert await world.container.mongo.collection("bookings").count_documents({}) == 0
