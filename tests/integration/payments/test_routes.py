"""The routes of payments: who may see and do what, over the local Stripe."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from common.application.payments.operations.sync import sync_booking_payment
from common.domain.bookings.booking import ActorKind, Booking
from common.domain.identity.roles import Role

from tests.factories.users import make_user
from tests.support import api_client, sign_in
from tests.support.identity import store_user

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx
    import stripe

    from tests.support.money import MoneyBench

UNKNOWN = "bkg_00000000000000000000000000"


@pytest.fixture
async def api(real_bench: MoneyBench) -> AsyncIterator[httpx.AsyncClient]:
    async with api_client("payments", real_bench.container) as client:
        yield client


@pytest.fixture
async def customer(real_bench: MoneyBench) -> dict[str, str]:
    return await sign_in(real_bench.container, real_bench.customer)


@pytest.fixture
async def provider(real_bench: MoneyBench) -> dict[str, str]:
    owner = real_bench.provider_user.model_copy(
        update={"roles": [Role.USER, Role.PROVIDER], "provider_id": real_bench.provider.id}
    )
    return await sign_in(real_bench.container, await store_user(real_bench.container, owner))


@pytest.fixture
async def operator(real_bench: MoneyBench) -> dict[str, str]:
    return await sign_in(real_bench.container, make_user(roles=[Role.USER, Role.OPERATOR]))


@pytest.fixture
async def stranger(real_bench: MoneyBench) -> dict[str, str]:
    return await sign_in(real_bench.container, make_user())


async def settled(bench: MoneyBench, client: stripe.StripeClient) -> Booking:
    booking = await bench.book()
    intent_id = booking.first_charge.payment_intent_id or ""
    await client.v1.payment_intents.confirm_async(intent_id, {"payment_method": "pm_card_visa"})
    booking = await bench.accept_and_start(await sync_booking_payment(bench.payments, booking.id))
    booking = await bench.perform(booking, "complete", ActorKind.PROVIDER)
    return await bench.fire(booking)


async def test_the_customer_confirms_and_is_told_what_is_left(
    real_bench: MoneyBench,
    stripe_client: stripe.StripeClient,
    api: httpx.AsyncClient,
    customer: dict[str, str],
    stranger: dict[str, str],
) -> None:
    booking = await real_bench.create()
    url = f"/v1/bookings/{booking.id}/payment/confirm"
    assert (await api.post(url)).status_code == 401
    assert (await api.post(url, headers=stranger)).status_code == 404
    first = (await api.post(url, headers=customer)).json()
    assert first["status"] == "pending_payment"
    assert first["action"]["kind"] == "payment_intent"
    intent_id = first["action"]["client_secret"].split("_secret_")[0]
    await stripe_client.v1.payment_intents.confirm_async(intent_id, {"payment_method": "pm_card_visa"})
    for _ in range(2):
        done = (await api.post(url, headers=customer)).json()
        assert done["status"] == "requested"
        assert done["payment"] == "authorized"
        assert done["action"] is None


async def test_both_parties_and_operators_see_the_same_books(
    real_bench: MoneyBench,
    stripe_client: stripe.StripeClient,
    api: httpx.AsyncClient,
    customer: dict[str, str],
    provider: dict[str, str],
    operator: dict[str, str],
    stranger: dict[str, str],
) -> None:
    booking = await settled(real_bench, stripe_client)
    url = f"/v1/bookings/{booking.id}/payment"
    for headers in (customer, provider, operator):
        seen = (await api.get(url, headers=headers)).json()
        assert seen["captured"] == {"amount": 12_500, "currency": "nzd"}
        assert seen["fee"] == {"amount": 1_500, "currency": "nzd"}
        assert seen["payout_amount"] == {"amount": 11_000, "currency": "nzd"}
        assert seen["ledger"]
        assert sum(line["amount"]["amount"] for line in seen["ledger"]) == 0
    assert (await api.get(url, headers=stranger)).status_code == 404
    assert (await api.get(f"/v1/bookings/{UNKNOWN}/payment", headers=operator)).status_code == 404
    assert "secret" not in (await api.get(url, headers=operator)).text


async def test_an_operator_refunds_in_part_and_then_the_rest(
    real_bench: MoneyBench,
    stripe_client: stripe.StripeClient,
    api: httpx.AsyncClient,
    customer: dict[str, str],
    operator: dict[str, str],
) -> None:
    booking = await settled(real_bench, stripe_client)
    url = f"/v1/admin/bookings/{booking.id}/refunds"
    part = {"amount": {"amount": 2_000, "currency": "nzd"}, "reason": "Late by an hour"}
    assert (await api.post(url, json=part, headers=customer)).status_code == 403
    for wrong in (0, -5, 1.5, 12_501, 10**12, "2000", None):
        body = {"amount": {"amount": wrong, "currency": "nzd"}, "reason": "x"}
        assert (await api.post(url, json=body, headers=operator)).status_code == 422, wrong
    other = {"amount": {"amount": 100, "currency": "aud"}, "reason": "x"}
    assert (await api.post(url, json=other, headers=operator)).status_code == 422
    assert (await api.post(url, json={"reason": ""}, headers=operator)).status_code == 422

    keyed = {**operator, "Idempotency-Key": "refund-once"}
    first = await api.post(url, json=part, headers=keyed)
    assert first.status_code == 201, first.text
    replayed = await api.post(url, json=part, headers=keyed)
    assert replayed.headers["Idempotent-Replayed"] == "true"
    await real_bench.work()
    seen = (await api.get(f"/v1/bookings/{booking.id}/payment", headers=customer)).json()
    assert seen["refunded"] == {"amount": 2_000, "currency": "nzd"}
    assert [each["status"] for each in seen["refunds"]] == ["succeeded"]

    assert (await api.post(url, json={"reason": "All of it"}, headers=operator)).status_code == 201
    await real_bench.work()
    seen = (await api.get(f"/v1/bookings/{booking.id}/payment", headers=customer)).json()
    assert seen["refunded"] == seen["captured"]
    assert seen["payment"] == "refunded"
    nothing = await api.post(url, json={"reason": "Again"}, headers=operator)
    assert nothing.status_code == 409
    assert nothing.json()["code"] == "nothing_to_refund"


async def test_cards_are_saved_listed_and_removed_by_their_owner_alone(
    stripe_client: stripe.StripeClient, api: httpx.AsyncClient, customer: dict[str, str], stranger: dict[str, str]
) -> None:
    assert (await api.get("/v1/payments/methods", headers=customer)).json()["items"] == []
    for card in ("pm_card_visa", "pm_card_mastercard"):
        begun = await api.post("/v1/payments/setup-intents", headers=customer)
        assert begun.status_code == 201, begun.text
        intent_id = begun.json()["client_secret"].split("_secret_")[0]
        await stripe_client.v1.setup_intents.confirm_async(intent_id, {"payment_method": card})
    first = (await api.get("/v1/payments/methods", params={"limit": 1}, headers=customer)).json()
    rest = (await api.get("/v1/payments/methods", params={"cursor": first["next_cursor"]}, headers=customer)).json()
    cards = [*first["items"], *rest["items"]]
    assert {each["brand"] for each in cards} == {"visa", "mastercard"}
    url = f"/v1/payments/methods/{cards[0]['id']}"
    assert (await api.delete(url, headers=stranger)).status_code == 404
    assert (await api.delete(url, headers=customer)).status_code == 204
    assert (await api.delete(url, headers=customer)).status_code == 404
    assert (await api.delete("/v1/payments/methods/pm_unknown", headers=customer)).status_code == 404


async def test_a_provider_sees_payouts_and_statements(
    real_bench: MoneyBench,
    stripe_client: stripe.StripeClient,
    api: httpx.AsyncClient,
    customer: dict[str, str],
    provider: dict[str, str],
) -> None:
    booking = await settled(real_bench, stripe_client)
    assert (await api.get("/v1/payments/payouts", headers=customer)).status_code == 403
    page = (await api.get("/v1/payments/payouts", headers=provider)).json()
    assert page["items"] == []
    assert page["balance"]["available"] or page["balance"]["pending"]
    link = await api.post("/v1/payments/payouts/dashboard-link", headers=provider)
    assert link.status_code == 201
    assert link.json()["url"].startswith("http")

    now = real_bench.clock.now()
    period = {"from": (now - timedelta(days=30)).isoformat(), "to": (now + timedelta(days=1)).isoformat()}
    answer = await api.get("/v1/payments/statements.csv", params=period, headers=provider)
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {row["booking_id"] for row in rows} == {booking.id}
    assert sum(round(float(row["amount"]) * 100) for row in rows) == 0
    for wrong in (
        {"from": period["to"], "to": period["from"]},
        {"from": (now - timedelta(days=400)).isoformat(), "to": period["to"]},
        {"from": "yesterday", "to": period["to"]},
    ):
        refused = await api.get("/v1/payments/statements.csv", params=wrong, headers=provider)
        assert refused.status_code == 422


async def test_a_card_that_is_unknown_or_somebody_elses_is_not_charged(
    real_bench: MoneyBench, stripe_client: stripe.StripeClient, api: httpx.AsyncClient, customer: dict[str, str]
) -> None:
    thief = await stripe_client.v1.customers.create_async({"email": "other@example.com"})
    foreign = await stripe_client.v1.payment_methods.attach_async("pm_card_visa", {"customer": thief.id})
    for card in ("pm_unknown", foreign.id):
        booking = await real_bench.book(payment_method_id=card)
        assert booking.status == "pending_payment"
        assert booking.payment_details.last_error_code == "card_not_usable"
        seen = (await api.post(f"/v1/bookings/{booking.id}/payment/confirm", headers=customer)).json()
        assert seen["action"]["client_secret"]
        assert "another card" in seen["last_error_message"]


async def test_a_booking_with_a_card_that_is_not_ones_own_is_refused_before_anything_is_made(
    real_bench: MoneyBench, stripe_client: stripe.StripeClient, customer: dict[str, str]
) -> None:
    thief = await stripe_client.v1.customers.create_async({"email": "other@example.com"})
    foreign = await stripe_client.v1.payment_methods.attach_async("pm_card_visa", {"customer": thief.id})
    start = real_bench.clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=30)
    request = {
        "service_id": real_bench.service.id,
        "start_at": start.isoformat(),
        "address": "1 Queen Street, Auckland",
    }
    async with api_client("bookings", real_bench.container) as client:
        for card in ("pm_unknown", foreign.id, "", "../customers", "pm_\N{PILE OF POO}"):
            refused = await client.post("/v1/bookings", json={**request, "payment_method_id": card}, headers=customer)
            assert refused.status_code == 422
            (error,) = refused.json()["errors"]
            assert (error["field"], error["code"]) == ("payment_method_id", "unknown_payment_method")
        assert (await client.get("/v1/bookings", headers=customer)).json()["items"] == []
        action = f"/v1/bookings/{UNKNOWN}/actions/authorize"
        assert (await client.post(action, json={"payment_method_id": foreign.id}, headers=customer)).status_code == 422
