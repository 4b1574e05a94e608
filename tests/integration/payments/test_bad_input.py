"""Bad input to payments: a clear 4xx, and nothing moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from common.application.payments.operations.sync import sync_booking_payment
from common.domain.bookings.booking import ActorKind, Booking
from common.domain.identity.roles import Role
from common.domain.shared.money import MAX_AMOUNT

from tests.factories.users import make_user
from tests.support import api_client, sign_in
from tests.support.identity import store_user

if TYPE_CHECKING:
    from tests.fakes.payment_gateway import FakePaymentGateway
    from tests.support.money import MoneyBench


async def captured(bench: MoneyBench, gateway: FakePaymentGateway) -> Booking:
    booking = await bench.book()
    gateway.confirm(booking.first_charge.payment_intent_id or "")
    booking = await bench.accept_and_start(await sync_booking_payment(bench.payments, booking.id))
    return await bench.perform(booking, "complete", ActorKind.PROVIDER)


def refund(amount: Any, currency: str = "nzd") -> dict[str, Any]:
    return {"amount": {"amount": amount, "currency": currency}, "reason": "Late"}


WRONG_REFUNDS: dict[str, tuple[dict[str, Any], int]] = {
    "negative": (refund(-1), 422),
    "zero": (refund(0), 422),
    "huge": (refund(MAX_AMOUNT + 1), 422),
    "enormous": (refund(10**30), 422),
    "fractional": (refund(12.5), 422),
    "whole as a float": (refund(12.0), 422),
    "text": (refund("100"), 422),
    "true": (refund(amount=True), 422),
    "null": (refund(None), 422),
    "more than is left": (refund(12_501), 422),
    "another currency": (refund(100, "aud"), 422),
    "no currency": (refund(100, "NZD"), 422),
    "no reason": ({"amount": {"amount": 100, "currency": "nzd"}}, 422),
    "empty reason": ({"reason": ""}, 422),
    "unknown field": ({**refund(100), "fee": 1}, 422),
    "no object": ([], 422),  # type: ignore[dict-item]
}


async def test_a_refund_that_makes_no_sense_moves_nothing(bench: MoneyBench, gateway: FakePaymentGateway) -> None:
    booking = await captured(bench, gateway)
    operator = await sign_in(bench.container, make_user(roles=[Role.USER, Role.OPERATOR]))
    before, lines = await bench.read(booking), await bench.ledger_sums(booking)
    calls = len(gateway.calls)
    async with api_client("payments", bench.container) as client:
        for name, (body, status) in WRONG_REFUNDS.items():
            answer = await client.post(f"/v1/admin/bookings/{booking.id}/refunds", json=body, headers=operator)
            assert answer.status_code == status, (name, answer.text)
            problem = answer.json()
            assert problem["code"], name
            assert problem["errors"], name
        for path in ("bkg_00000000000000000000000000", "..", "x" * 200):
            url = f"/v1/admin/bookings/{path}/refunds"
            assert (await client.post(url, json=refund(100), headers=operator)).status_code in {404, 405, 422}
    await bench.work()
    assert await bench.read(booking) == before
    assert await bench.ledger_sums(booking) == lines
    assert len(gateway.calls) == calls


async def test_refunds_never_sum_to_more_than_was_paid(bench: MoneyBench, gateway: FakePaymentGateway) -> None:
    booking = await captured(bench, gateway)
    operator = await sign_in(bench.container, make_user(roles=[Role.USER, Role.OPERATOR]))
    url = f"/v1/admin/bookings/{booking.id}/refunds"
    async with api_client("payments", bench.container) as client:
        assert (await client.post(url, json=refund(12_000), headers=operator)).status_code == 201
        assert (await client.post(url, json=refund(500), headers=operator)).status_code == 409, "one is under way"
        await bench.work()
        assert (await client.post(url, json=refund(501), headers=operator)).status_code == 422
        assert (await client.post(url, json=refund(500), headers=operator)).status_code == 201
        await bench.work()
        assert (await client.post(url, json=refund(1), headers=operator)).status_code == 409
    booking = await bench.read(booking)
    assert booking.refunded_amount == booking.captured_amount == 12_500


@pytest.mark.parametrize("plan", ["", "x" * 65, "gold", "free", 1, None, ["plus"]])
async def test_a_plan_that_is_none_cannot_be_bought(bench: MoneyBench, plan: Any) -> None:
    owner = bench.provider_user.model_copy(
        update={"roles": [Role.USER, Role.PROVIDER], "provider_id": bench.provider.id}
    )
    headers = await sign_in(bench.container, await store_user(bench.container, owner))
    async with api_client("payments", bench.container) as client:
        answer = await client.post("/v1/subscriptions/checkout", json={"plan_id": plan}, headers=headers)
    assert answer.status_code in {404, 422}, answer.text
    assert answer.json()["code"]
