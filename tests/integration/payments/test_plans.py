"""Provider plans at the local Stripe: Checkout, trial, what a plan allows, past due and its grace, the end."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from common.adapters.stripe.own_account import account_warnings
from common.adapters.stripe.plan_prices import StripePlanPrices
from common.application.payments.operations.steps import customer_of_user
from common.application.payments.subscriptions.plan_prices import publish_plans
from common.application.payments.subscriptions.sync import end_graces, sync_subscription
from common.domain.identity.roles import Role
from common.domain.payments.plans import (
    DEFAULT_PLANS,
    GRACE,
    Plan,
    PlanStatus,
    Subscription,
    effective_plan,
    load_plans,
)
from common.domain.shared.display import money_text
from common.domain.shared.errors import GatewayRefused, NotFound
from common.domain.shared.money import Money

from infra.ops.__main__ import main
from stripe_local.testing import SECRET_KEY
from tests.integration.payments.test_stored_answers import twice
from tests.support import api_client, sign_in
from tests.support.identity import store_user
from tests.support.kept import stored_text

if TYPE_CHECKING:
    import stripe

    from stripe_local.testing import RunningStripe
    from tests.support.money import MoneyBench

PLUS = DEFAULT_PLANS[1]


@pytest.fixture
async def prices(stripe_client: stripe.StripeClient) -> None:
    """A price for each plan, as a deployment makes them."""
    await publish_plans(StripePlanPrices(stripe_client), DEFAULT_PLANS)


async def provider_headers(bench: MoneyBench) -> dict[str, str]:
    owner = bench.provider_user.model_copy(
        update={"roles": [Role.USER, Role.PROVIDER], "provider_id": bench.provider.id}
    )
    return await sign_in(bench.container, await store_user(bench.container, owner))


async def test_an_account_that_is_paid_out_daily_is_told(
    stripe_server: RunningStripe, stripe_client: stripe.StripeClient
) -> None:
    assert await account_warnings(stripe_client, "NZ") == []
    await stripe_server.control.settings(payouts="daily")
    (warning,) = await account_warnings(stripe_client, "NZ")
    await stripe_server.control.settings(payouts="manual")
    assert "paid out daily" in warning


async def test_prices_are_made_once_and_a_changed_one_takes_over(stripe_client: stripe.StripeClient) -> None:
    prices = StripePlanPrices(stripe_client)
    first = await publish_plans(prices, DEFAULT_PLANS)
    assert set(first) == {"gigsta_plus_month", "gigsta_pro_month"}
    assert await publish_plans(prices, DEFAULT_PLANS) == first
    dearer = PLUS.model_copy(update={"price": Money(amount=3_900, currency="nzd")})
    second = await publish_plans(prices, [dearer])
    assert second["gigsta_plus_month"] != first["gigsta_plus_month"]
    held = await stripe_client.v1.prices.list_async({"lookup_keys": ["gigsta_plus_month"]})
    assert [(each.id, each.unit_amount) for each in held.data] == [(second["gigsta_plus_month"], 3_900)]
    old = await stripe_client.v1.prices.retrieve_async(first["gigsta_plus_month"])
    assert (old.active, old.lookup_key) == (True, None)
    assert old.product == held.data[0].product
    with pytest.raises(NotFound):
        await prices.ensure_price(DEFAULT_PLANS[0])
    await publish_plans(prices, DEFAULT_PLANS)


def test_the_step_of_a_deployment_tells_what_it_did(
    stripe_server: RunningStripe, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {"STRIPE_SECRET_KEY": SECRET_KEY, "STRIPE_API_BASE": stripe_server.url}
    done = subprocess.run(
        [sys.executable, "-m", "infra.ops", "plans"],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["gigsta_plus_month", "gigsta_pro_month"]
    assert done.stderr == ""
    assert main(["plans"], {**environ, "PLATFORM_COUNTRY": "AU"}) == 0
    assert "it is in NZ, and PLATFORM_COUNTRY is AU" in capsys.readouterr().err
    assert main(["plans"], {}) == 2
    assert main(["plans"], {**environ, "PROVIDER_PLANS": "[]"}) == 1
    assert "STRIPE_SECRET_KEY" in capsys.readouterr().err


@pytest.mark.usefixtures("prices")
async def test_a_page_that_was_opened_before_cannot_be_paid_too(
    real_bench: MoneyBench, stripe_client: stripe.StripeClient
) -> None:
    headers = await provider_headers(real_bench)
    async with api_client("payments", real_bench.container) as client:
        for plan_id in ("plus", "pro"):
            answer = await client.post("/v1/subscriptions/checkout", json={"plan_id": plan_id}, headers=headers)
            assert answer.status_code == 201, answer.text
    sessions = await stripe_client.v1.checkout.sessions.list_async({"limit": 10})
    mine = [each for each in sessions.data if each.client_reference_id == real_bench.provider.id]
    assert sorted(str(each.status) for each in mine) == ["expired", "open"]


@pytest.mark.usefixtures("prices")
async def test_links_to_stripes_pages_are_made_anew(real_bench: MoneyBench, stripe_client: stripe.StripeClient) -> None:
    container, headers = real_bench.container, await provider_headers(real_bench)
    async with api_client("payments", container) as client:
        links = await twice(client, "/v1/payments/payouts/dashboard-link", headers)
        pages = await twice(client, "/v1/subscriptions/checkout", headers, {"plan_id": "plus"})
    stored = await stored_text(container)
    for answer in (*links, *pages):
        assert answer.json()["url"].startswith("http")
        assert answer.json()["url"] not in stored
    sessions = await stripe_client.v1.checkout.sessions.list_async({"limit": 10})
    mine = {each.status: each.url for each in sessions.data if each.client_reference_id == real_bench.provider.id}
    assert mine["open"] == pages[1].json()["url"], "the page of the replay is the one that can be paid"


@pytest.mark.usefixtures("prices")
async def test_a_provider_subscribes_and_the_plan_takes_effect(
    real_bench: MoneyBench, stripe_server: RunningStripe, stripe_client: stripe.StripeClient
) -> None:
    bench, headers = real_bench, await provider_headers(real_bench)
    container = bench.container
    async with api_client("payments", container) as client:
        plans = (await client.get("/v1/subscriptions/plans")).json()
        assert [each["id"] for each in plans["items"]] == ["free", "plus", "pro"]
        assert plans["usual_commission_basis_points"] == container.booking_settings.commission_basis_points
        mine = (await client.get("/v1/subscriptions/me", headers=headers)).json()
        assert mine["plan"]["id"] == "free"
        assert mine["subscription"] is None
        assert (await client.post("/v1/subscriptions/portal", headers=headers)).status_code == 409
        for unknown in ("gold", "free"):
            answer = await client.post("/v1/subscriptions/checkout", json={"plan_id": unknown}, headers=headers)
            assert answer.status_code == 404
        page = await client.post("/v1/subscriptions/checkout", json={"plan_id": "plus"}, headers=headers)
        assert page.status_code == 201, page.text

        subscription_id = await _pay_checkout(bench, stripe_server, stripe_client)
        await sync_subscription(container.subscriptions, subscription_id)
        mine = (await client.get("/v1/subscriptions/me", headers=headers)).json()
        assert mine["plan"]["id"] == "plus"
        assert mine["subscription"]["status"] == "trialing"
        stored = await container.providers.get(bench.provider.id)
        assert stored is not None
        assert stored.commission_basis_points == PLUS.commission_basis_points
        assert stored.active_service_limit == PLUS.active_services

        again = await client.post("/v1/subscriptions/checkout", json={"plan_id": "pro"}, headers=headers)
        assert again.status_code == 409
        portal = await client.post("/v1/subscriptions/portal", headers=headers)
        assert portal.status_code == 201

    await stripe_client.v1.subscriptions.cancel_async(subscription_id)
    await sync_subscription(container.subscriptions, subscription_id)
    stored = await container.providers.get(bench.provider.id)
    assert stored is not None
    assert stored.plan_id == "free"
    assert stored.commission_basis_points is None


@pytest.mark.usefixtures("prices")
async def test_a_provider_switches_and_cancels_on_stripes_portal(
    real_bench: MoneyBench, stripe_server: RunningStripe, stripe_client: stripe.StripeClient
) -> None:
    """Plans publish a portal that can do both, and what the portal writes is what we show."""
    bench, headers = real_bench, await provider_headers(real_bench)
    deps = bench.container.subscriptions
    pro = (await stripe_client.v1.prices.list_async({"lookup_keys": ["gigsta_pro_month"]})).data[0]
    async with api_client("payments", bench.container) as client, httpx.AsyncClient() as browser:
        await client.post("/v1/subscriptions/checkout", json={"plan_id": "plus"}, headers=headers)
        subscription_id = await _pay_checkout(bench, stripe_server, stripe_client)
        await sync_subscription(deps, subscription_id)
        portal = (await client.post("/v1/subscriptions/portal", headers=headers)).json()["url"]
        chosen = {"outcome": "switch", "subscription": subscription_id, "price": pro.id}
        assert (await browser.post(portal, data=chosen)).status_code == 200
        await sync_subscription(deps, subscription_id)
        mine = (await client.get("/v1/subscriptions/me", headers=headers)).json()
        assert (mine["plan"]["id"], mine["subscription"]["status"]) == ("pro", "trialing")
        assert not mine["subscription"]["cancel_at_period_end"]
        for outcome, is_ending in (("cancel", True), ("renew", False)):
            await browser.post(portal, data={"outcome": outcome, "subscription": subscription_id})
            await sync_subscription(deps, subscription_id)
            mine = (await client.get("/v1/subscriptions/me", headers=headers)).json()
            assert mine["subscription"]["cancel_at_period_end"] is is_ending
    configurations = await stripe_client.v1.billing_portal.configurations.list_async({"active": True})
    assert len(configurations.data) == 1


@pytest.mark.usefixtures("prices")
async def test_a_page_that_was_paid_a_moment_ago_is_known_before_its_webhook(
    real_bench: MoneyBench, stripe_server: RunningStripe, stripe_client: stripe.StripeClient
) -> None:
    bench, headers = real_bench, await provider_headers(real_bench)
    async with api_client("payments", bench.container) as client:
        body = {"plan_id": "plus"}
        assert (await client.post("/v1/subscriptions/checkout", json=body, headers=headers)).status_code == 201
        await _pay_checkout(bench, stripe_server, stripe_client)
        again = await client.post("/v1/subscriptions/checkout", json={"plan_id": "pro"}, headers=headers)
        assert (again.status_code, again.json()["code"]) == (409, "already_subscribed")
        mine = (await client.get("/v1/subscriptions/me", headers=headers)).json()
    assert mine["plan"]["id"] == "plus"


@pytest.mark.usefixtures("prices")
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_of_two_plans_that_were_paid_the_first_is_kept_and_the_other_refunded(
    real_bench: MoneyBench, stripe_client: stripe.StripeClient, order: tuple[int, int]
) -> None:
    """Two pages that were opened at once are both paid; their webhooks come in any order, and twice."""
    bench = real_bench
    await provider_headers(bench)
    subscribed = [await _subscribe(bench, stripe_client, key) for key in ("gigsta_plus_month", "gigsta_pro_month")]
    kept, other = sorted(subscribed, key=lambda each: (each.created, each.id))
    first, second = kept.id, other.id
    bench.publisher.events.clear()
    for index in (*order, *order):
        await sync_subscription(bench.container.subscriptions, (first, second)[index])
    states = [(await stripe_client.v1.subscriptions.retrieve_async(each)).status for each in (first, second)]
    assert states == ["active", "canceled"]
    ended = _plan_of(other)
    assert ended.price is not None
    assert [await _refunded(stripe_client, each) for each in (first, second)] == [0, ended.price.amount]
    known = await bench.container.subscriptions.subscriptions.get(bench.provider.id)
    assert known is not None
    assert (known.stripe_id, known.plan_id, known.status) == (first, _plan_of(kept).id, PlanStatus.ACTIVE)
    told = [each for each in bench.publisher.events if each.payload.get("template") == "duplicate_plan_ended"]
    assert {each.id for each in told} == {f"evt_{second}"}
    assert told[0].payload["data"] == {
        "plan": _plan_of(kept).name,
        "ended_plan": ended.name,
        "refunds": [money_text(ended.price)],
    }


@pytest.mark.usefixtures("prices")
async def test_a_second_plan_whose_refund_is_refused_is_ended_and_operators_are_told(
    real_bench: MoneyBench, stripe_client: stripe.StripeClient
) -> None:
    bench = real_bench
    await provider_headers(bench)
    subscribed = [await _subscribe(bench, stripe_client, key) for key in ("gigsta_plus_month", "gigsta_pro_month")]
    kept, other = sorted(subscribed, key=lambda each: (each.created, each.id))
    deps = bench.container.subscriptions

    class Refusing:
        """Stripe, which refunds nothing that is disputed."""

        def __getattr__(self, name: str) -> object:
            return getattr(deps.plan_gateway, name)

        async def refund(self, _: object) -> None:
            raise GatewayRefused(reason="charge_disputed")

    assert await sync_subscription(replace(deps, plan_gateway=Refusing()), kept.id)  # type: ignore[arg-type]

    assert (await stripe_client.v1.subscriptions.retrieve_async(other.id)).status == "canceled"
    mails = {each.payload.get("template"): each.payload for each in bench.publisher.events}
    assert mails["duplicate_plan_not_refunded"]["to_role"] == "operator"
    (line,) = mails["duplicate_plan_not_refunded"]["data"]["lines"]
    assert "charge disputed" in line
    assert mails["duplicate_plan_ended"]["data"]["refunds"] == []


async def test_a_plan_that_is_past_due_anew_is_not_taken_for_lapsed(real_bench: MoneyBench) -> None:
    """Its grace had ended once, and just before that was noted another answer of Stripe's was stored."""
    subscriptions, now = real_bench.container.subscriptions.subscriptions, real_bench.clock.now()
    before = Subscription(
        id=real_bench.provider.id,
        stripe_id="sub_anew",
        plan_id="plus",
        status=PlanStatus.PAST_DUE,
        past_due_since=now - 2 * GRACE,
        updated_at=now,
    )
    assert await subscriptions.save(before)
    anew = before.model_copy(update={"past_due_since": now, "revision": 2})
    assert await subscriptions.save(anew)
    await subscriptions.mark_lapsed(before, now)
    assert [each.id for each in await subscriptions.list_past_due(now, limit=10)] == [before.id]
    await subscriptions.mark_lapsed(anew, now)
    assert await subscriptions.list_past_due(now, limit=10) == []


async def test_an_unpaid_plan_goes_on_for_its_grace(real_bench: MoneyBench) -> None:
    bench, deps = real_bench, real_bench.container.subscriptions
    now = bench.clock.now()
    await deps.providers.update(bench.provider.id, {"plan_id": "plus", "commission_basis_points": 900}, now=now)
    unpaid = Subscription(
        id=bench.provider.id,
        stripe_id="sub_unpaid",
        plan_id="plus",
        status=PlanStatus.PAST_DUE,
        past_due_since=now,
        updated_at=now,
    )
    assert await deps.subscriptions.save(unpaid)
    assert not await deps.subscriptions.save(unpaid)
    assert await end_graces(deps) == 0
    assert effective_plan(deps.plans, unpaid, now + GRACE - timedelta(seconds=1)).id == "plus"
    bench.clock.advance(days=7)
    assert await end_graces(deps) == 1
    assert await end_graces(deps) == 0
    stored = await deps.providers.get(bench.provider.id)
    assert stored is not None
    assert stored.plan_id == "free"
    assert stored.commission_basis_points is None


PRICED = '{"id": "a", "name": "A", "lookup_key": "x", "price": {"amount": 100, "currency": "nzd"}}'


@pytest.mark.parametrize(
    "wrong", ["nonsense", "[]", f"[{PRICED}]", '[{"id": "a", "name": "A", "lookup_key": "x"}]', '[{"id": 1}]']
)
def test_plans_that_cannot_be_used_are_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="PROVIDER_PLANS"):
        load_plans({"PROVIDER_PLANS": wrong})


def test_plans_come_from_the_configuration() -> None:
    assert load_plans({}) == DEFAULT_PLANS
    (only,) = load_plans({"PROVIDER_PLANS": '[{"id": "free", "name": "Free", "active_services": 1}]'})
    assert only.active_services == 1


async def _pay_checkout(bench: MoneyBench, server: RunningStripe, client: stripe.StripeClient) -> str:
    """What the provider does on Stripe's page; returns the subscription's id."""
    user = await bench.container.users.get(bench.provider_user.id)
    assert user is not None
    sessions = await client.v1.checkout.sessions.list_async({"limit": 10})
    session = next(each for each in sessions.data if each.client_reference_id == bench.provider.id)
    await server.control.complete_checkout(session.id)
    paid = await client.v1.checkout.sessions.retrieve_async(session.id)
    assert isinstance(paid.subscription, str)
    return paid.subscription


async def _subscribe(bench: MoneyBench, client: stripe.StripeClient, lookup_key: str) -> stripe.Subscription:
    """A subscription without a trial, paid as if on a Checkout page of its own."""
    user = await bench.container.users.get(bench.provider_user.id)
    assert user is not None
    customer_id = await customer_of_user(bench.payments, user.id)
    method = await client.v1.payment_methods.attach_async("pm_card_visa", {"customer": customer_id})
    price = (await client.v1.prices.list_async({"lookup_keys": [lookup_key]})).data[0]
    return await client.v1.subscriptions.create_async(
        {
            "customer": customer_id,
            "items": [{"price": price.id}],
            "default_payment_method": method.id,
            "metadata": {"provider_id": bench.provider.id},
        }
    )


def _plan_of(subscription: stripe.Subscription) -> Plan:
    key = subscription.items.data[0].price.lookup_key
    return next(each for each in DEFAULT_PLANS if each.lookup_key == key)


async def _refunded(client: stripe.StripeClient, subscription_id: str) -> int:
    """What was given back of all that was paid for a subscription."""
    total = 0
    invoices = await client.v1.invoices.list_async({"subscription": subscription_id, "expand": ["data.payments"]})
    for invoice in invoices.data:
        for payment in invoice.payments.data if invoice.payments else ():
            intent_id = payment.payment.payment_intent
            assert isinstance(intent_id, str)
            refunds = await client.v1.refunds.list_async({"payment_intent": intent_id})
            total += sum(each.amount for each in refunds.data)
    return total
