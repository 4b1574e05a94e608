"""Statements of a provider and of a booking: figures that add up, CSV for an accountant, and who may have them."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.application.payments import statements
from common.application.payments.operations.sync import sync_booking_payment
from common.domain.bookings.booking import ActorKind, Booking
from common.domain.identity.roles import Role

from tests.factories.users import make_user
from tests.support import api_client, sign_in
from tests.support.identity import store_user
from tests.support.money import MoneyBench

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx

    from tests.fakes.payment_gateway import FakePaymentGateway


@pytest.fixture
async def api(bench: MoneyBench) -> AsyncIterator[httpx.AsyncClient]:
    async with api_client("payments", bench.container) as client:
        yield client


async def provider_of(bench: MoneyBench) -> dict[str, str]:
    changed = {"roles": [Role.USER, Role.PROVIDER], "provider_id": bench.provider.id}
    return await sign_in(
        bench.container, await store_user(bench.container, bench.provider_user.model_copy(update=changed))
    )


async def settled(bench: MoneyBench, gateway: FakePaymentGateway) -> Booking:
    booking = await bench.book()
    gateway.confirm(booking.first_charge.payment_intent_id or "")
    booking = await bench.accept_and_start(await sync_booking_payment(bench.payments, booking.id))
    return await bench.fire(await bench.perform(booking, "complete", ActorKind.PROVIDER))


def period(bench: MoneyBench) -> dict[str, str]:
    now = bench.clock.now()
    return {"from": (now - timedelta(days=30)).isoformat(), "to": (now + timedelta(days=1)).isoformat()}


async def figures(api: httpx.AsyncClient, bench: MoneyBench, headers: dict[str, str]) -> dict[str, int]:
    answer = await api.get("/v1/payments/statements", params=period(bench), headers=headers)
    assert answer.status_code == 200, answer.text
    (only,) = answer.json()["items"]
    currency = only.pop("currency")
    assert {each["currency"] for each in only.values()} == {currency}
    return {name: each["amount"] for name, each in only.items()}


def adds_up(given: dict[str, int]) -> bool:
    taken = given["refunds"] + given["chargebacks"] + given["commission"] + given["paid_out"]
    return given["held"] == given["sales"] - taken + given["taken_back"] + given["debt"]


async def test_the_figures_of_a_period_add_up(
    bench: MoneyBench, gateway: FakePaymentGateway, api: httpx.AsyncClient
) -> None:
    headers = await provider_of(bench)
    booking = await settled(bench, gateway)
    first = await figures(api, bench, headers)
    assert (first["sales"], first["commission"], first["paid_out"], first["held"]) == (12_500, 1_500, 11_000, 0)
    await bench.perform(booking, "refund", ActorKind.OPERATOR, amount=2_500, reason="Less work")
    second = await figures(api, bench, headers)
    assert (second["refunds"], second["taken_back"], second["commission"]) == (2_500, 2_200, 1_200)
    gateway.short_balance = True
    await bench.perform(booking, "refund", ActorKind.OPERATOR, amount=10_000, reason="All of it")
    third = await figures(api, bench, headers)
    assert (third["refunds"], third["debt"]) == (12_500, 8_800)
    assert all(adds_up(each) for each in (first, second, third))


async def test_a_booking_and_a_provider_can_be_handed_to_an_accountant(
    bench: MoneyBench, gateway: FakePaymentGateway, api: httpx.AsyncClient
) -> None:
    booking = await settled(bench, gateway)
    other = await settled(bench, gateway)
    owner = await provider_of(bench)
    customer = await sign_in(bench.container, bench.customer)
    operator = await sign_in(bench.container, make_user(roles=[Role.USER, Role.OPERATOR]))
    stranger = await sign_in(bench.container, make_user())
    url = f"/v1/bookings/{booking.id}/payment/statement.csv"
    for headers in (owner, customer, operator):
        answer = await api.get(url, headers=headers)
        assert answer.headers["content-type"].startswith("text/csv")
        assert 'filename="booking.csv"' in answer.headers["content-disposition"]
        assert {row["booking_id"] for row in rows_of(answer)} == {booking.id}
    assert (await api.get(url, headers=stranger)).status_code == 404
    mine = rows_of(await api.get("/v1/payments/statements.csv", params=period(bench), headers=owner))
    assert {row["booking_id"] for row in mine} == {booking.id, other.id}
    everything = f"/v1/admin/providers/{bench.provider.id}/statements.csv"
    assert rows_of(await api.get(everything, params=period(bench), headers=operator)) == mine
    assert (await api.get(everything, params=period(bench), headers=owner)).status_code == 403
    assert sum(round(float(row["amount"]) * 100) for row in mine) == 0
    assert {row["account"] for row in mine} == {"stripe", "held", "commission", "stripe_fees"}


async def test_a_long_statement_comes_in_parts_that_name_the_next(
    bench: MoneyBench, gateway: FakePaymentGateway, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        await settled(bench, gateway)
        bench.clock.advance(minutes=1)
    owner = await provider_of(bench)
    operator = await sign_in(bench.container, make_user(roles=[Role.USER, Role.OPERATOR]))
    everything = f"/v1/admin/providers/{bench.provider.id}/statements.csv"
    whole = rows_of(await api.get("/v1/payments/statements.csv", params=period(bench), headers=owner))
    monkeypatch.setattr(statements, "_MOST_LINES", len(whole) // 2)
    for path, headers in (("/v1/payments/statements.csv", owner), (everything, operator)):
        answer = await api.get(path, params=period(bench), headers=headers)
        rows = rows_of(answer)
        while "next" in answer.links:
            answer = await api.get(answer.links["next"]["url"], headers=headers)
            rows += rows_of(answer)
        assert rows == whole
    wrong = await api.get("/v1/payments/statements.csv", params={**period(bench), "cursor": "x"}, headers=owner)
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "cursor")


@pytest.mark.parametrize(("currency", "price", "written"), [("jpy", 5_000, "5000"), ("bhd", 12_340, "12.340")])
async def test_amounts_are_written_with_their_currencys_digits(
    bench: MoneyBench, gateway: FakePaymentGateway, api: httpx.AsyncClient, currency: str, price: int, written: str
) -> None:
    foreign = await MoneyBench(bench.container).prepare(price=price, currency=currency)
    headers = await provider_of(foreign)
    await settled(foreign, gateway)
    answer = await api.get("/v1/payments/statements.csv", params=period(foreign), headers=headers)
    captured = [row["amount"] for row in rows_of(answer) if row["reason"] == "capture"]
    assert sorted(captured) == [f"-{written}", written]
    assert adds_up(await figures(api, foreign, headers))


@pytest.mark.parametrize("path", ["/v1/payments/statements", "/v1/payments/statements.csv"])
async def test_a_period_has_a_begin_an_end_and_a_bound(bench: MoneyBench, api: httpx.AsyncClient, path: str) -> None:
    headers, good = await provider_of(bench), period(bench)
    wrong: list[dict[str, Any]] = [
        {},
        {"from": good["from"]},
        {"from": good["to"], "to": good["from"]},
        {"from": good["from"], "to": good["from"]},
        {"from": "2020-01-01T00:00:00Z", "to": good["to"]},
        {"from": "yesterday", "to": good["to"]},
    ]
    for each in wrong:
        assert (await api.get(path, params=each, headers=headers)).status_code == 422, each
    backwards = await api.get(path, params={"from": good["to"], "to": good["from"]}, headers=headers)
    assert backwards.json()["detail"] == "The end must come after the start."


def rows_of(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))
