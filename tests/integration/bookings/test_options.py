"""Options of a service, booked over HTTP: the price's lines, the longer time, and what is refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.application.bookings.intents import complete_intent
from common.domain.catalogue.service_options import ServiceOption
from common.domain.payments.ledger import Account
from common.domain.shared.money import Money

from tests.integration.bookings.test_guests import guest, guest_request
from tests.support.booking_world import booking_request
from tests.support.http import api_client

if TYPE_CHECKING:
    import httpx

    from tests.support.booking_world import BookingWorld

Headers = dict[str, str]
OPTIONS = [
    ServiceOption(
        id="opt_windows",
        label="Windows inside",
        price=Money(amount=1_500, currency="nzd"),
        duration_minutes=20,
        max_quantity=3,
    ),
    ServiceOption(id="opt_green", label="Green waste", price=Money(amount=999, currency="nzd")),
    ServiceOption(id="opt_dear", label="Everything", price=Money(amount=99_999_999, currency="nzd")),
    ServiceOption(
        id="opt_long", label="All day", price=Money(amount=0, currency="nzd"), duration_minutes=1_440, max_quantity=1
    ),
]
CHOSEN = [{"option_id": "opt_green"}, {"option_id": "opt_windows", "quantity": 2}]
SUM = {"amount": 12_500 + 2 * 1_500 + 999, "currency": "nzd"}


@pytest.fixture
async def offer(world: BookingWorld) -> BookingWorld:
    fields = {"options": [each.model_dump() for each in OPTIONS]}
    world.service = await world.container.services.update(world.service.id, fields, now=world.clock.now())
    return world


async def test_chosen_options_are_lines_of_the_price_and_take_their_time(
    offer: BookingWorld, client: httpx.AsyncClient, customer: Headers
) -> None:
    body = booking_request(offer, options=CHOSEN, expected_price=SUM)
    answer = await client.post("/v1/bookings", json=body, headers=customer)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["price"] == SUM
    assert [(each["id"], each["kind"], each["label"], each["quantity"]) for each in made["price_lines"]] == [
        ("line_1", "service", offer.service.title, 1),
        ("line_2", "option", "Windows inside", 2),
        ("line_3", "option", "Green waste", 1),
    ]
    assert [each["amount"]["amount"] for each in made["price_lines"]] == [12_500, 3_000, 999]
    minutes = offer.service.duration_minutes + 40
    assert made["service"]["duration_minutes"] == minutes
    start, end = (datetime.fromisoformat(made[name]) for name in ("start_at", "end_at"))
    assert end - start == timedelta(minutes=minutes)
    claim = await offer.container.mongo.collection("slot_claims").find_one({"booking_id": made["id"]})
    assert claim is not None
    assert claim["end_at"] - claim["start_at"] >= timedelta(minutes=minutes)


async def test_money_of_a_booking_with_options_is_named_by_lines_to_the_last_cent(
    offer: BookingWorld, client: httpx.AsyncClient, customer: Headers
) -> None:
    body = booking_request(offer, options=CHOSEN)
    made = (await client.post("/v1/bookings", json=body, headers=customer)).json()
    booking = await offer.container.bookings.bookings.get(made["id"])
    assert booking is not None
    booking = await offer.act(await offer.pay(booking), "accept", offer.provider_user)
    start = booking.slot.start_at + timedelta(hours=6)
    booking = await offer.act(booking, "propose_reschedule", offer.customer, {"start_at": start.isoformat()})
    booking = await offer.act(booking, "accept_reschedule", offer.provider_user)
    assert booking.slot.end_at - booking.slot.start_at == timedelta(minutes=booking.service.duration_minutes)
    await offer.move_to(booking.slot.start_at)
    booking = await offer.get(booking)
    booking = await offer.act(booking, "start", offer.provider_user, {"code": booking.start_code})
    await offer.act(booking, "complete", offer.provider_user)
    await offer.drain()
    async with api_client("payments", offer.container) as payments:
        paid = (await payments.get(f"/v1/bookings/{made['id']}/payment", headers=customer)).json()
        table = (await payments.get(f"/v1/bookings/{made['id']}/payment/statement.csv", headers=customer)).text
    captured = {
        each["price_line_id"]: -each["amount"]["amount"]
        for each in paid["ledger"]
        if each["reason"] == "capture" and each["account"] == "held"
    }
    assert captured == {"line_1": 12_500, "line_2": 3_000, "line_3": 999}
    assert [each["label"] for each in paid["price_lines"]] == [offer.service.title, "Windows inside", "Green waste"]
    assert "line_2,Windows inside,2," in table
    await offer.move_to(booking.slot.end_at + offer.deps.settings.settle_after + timedelta(hours=1))
    lines = await offer.container.payments.ledger.list_by_booking(made["id"])
    held: dict[str | None, int] = {}
    for line in lines:
        if line.account is Account.HELD:
            held[line.price_line_id] = held.get(line.price_line_id, 0) + line.amount.amount
    assert held == {"line_1": 0, "line_2": 0, "line_3": 0}


@pytest.mark.parametrize(
    ("options", "field", "code"),
    [
        ([{"option_id": "opt_none"}], "options.0.option_id", "unknown_option"),
        ([CHOSEN[0], CHOSEN[0]], "options.1.option_id", "duplicate_option"),
        ([{"option_id": "opt_windows", "quantity": 4}], "options.0.quantity", "too_many_of_option"),
        ([{"option_id": "opt_windows", "quantity": 0}], "options.0.quantity", None),
        ([{"option_id": "opt_green"}] * 21, "options", None),
        ([{"option_id": "opt_long"}], "options", "too_long"),
        ([{"option_id": "opt_dear"}], "options", "not_chargeable"),
    ],
)
async def test_wrong_options_are_refused_by_field(
    offer: BookingWorld,
    client: httpx.AsyncClient,
    customer: Headers,
    options: list[dict[str, Any]],
    field: str,
    code: str | None,
) -> None:
    for path, body in (
        ("/v1/bookings", booking_request(offer, options=options)),
        ("/v1/booking-intents", {**guest_request(offer), "options": options}),
    ):
        answer = await client.post(path, json=body, headers=customer)
        assert answer.status_code == 422, answer.text
        (error,) = answer.json()["errors"]
        assert error["field"] == field
        assert code in {None, error["code"]}
    assert await offer.container.mongo.collection("bookings").count_documents({}) == 0


async def test_the_expected_price_is_that_with_the_options(
    offer: BookingWorld, client: httpx.AsyncClient, customer: Headers
) -> None:
    alone = {"amount": 12_500, "currency": "nzd"}
    body = booking_request(offer, options=CHOSEN, expected_price=alone)
    answer = await client.post("/v1/bookings", json=body, headers=customer)
    assert (answer.status_code, answer.json()["code"], answer.json()["price"]) == (409, "terms_changed", SUM)


async def test_a_key_that_comes_again_with_other_options_is_refused(
    offer: BookingWorld, client: httpx.AsyncClient, customer: Headers
) -> None:
    async def post(**fields: Any) -> httpx.Response:
        headers = {**customer, "Idempotency-Key": fields.pop("key", "k1")}
        return await client.post("/v1/bookings", json=booking_request(offer, **fields), headers=headers)

    first = await post(options=CHOSEN)
    again = await post(options=list(reversed(CHOSEN)), key="k2")
    assert again.json()["id"] == first.json()["id"]
    assert (await post(options=CHOSEN[:1])).json()["code"] == "idempotency_key_reused"


async def test_a_guest_books_what_was_chosen(offer: BookingWorld, client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/booking-intents", json={**guest_request(offer), "options": CHOSEN})
    assert answer.status_code == 201, answer.text
    opened = answer.json()
    done = await complete_intent(offer.container.booking_intents, await guest(offer), opened["id"])
    booking = await offer.container.bookings.bookings.get(done.id)
    assert booking is not None
    assert booking.price.total.amount == SUM["amount"]
    assert booking.slot.end_at == datetime.fromisoformat(opened["end_at"])


async def test_slots_leave_room_for_the_options(offer: BookingWorld) -> None:
    path = f"/v1/services/{offer.service.id}/slots"
    wrong = {"opt_none": "options.0.option_id", "opt_windows:4": "options.0.quantity", "opt_windows:x": "options.0"}
    async with api_client("providers", offer.container) as providers:
        alone = (await providers.get(path)).json()
        chosen = (await providers.get(path, params={"options": ["opt_windows:2", "opt_green"]})).json()
        refused = {text: await providers.get(path, params={"options": text}) for text in wrong}
    assert chosen["duration_minutes"] == alone["duration_minutes"] + 40
    first = chosen["items"][0]
    length = datetime.fromisoformat(first["end_at"]) - datetime.fromisoformat(first["start_at"])
    assert length == timedelta(minutes=chosen["duration_minutes"])
    for text, field in wrong.items():
        assert refused[text].status_code == 422, refused[text].text
        assert [each["field"] for each in refused[text].json()["errors"]] == [field]
