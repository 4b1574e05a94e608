"""Provider plans at the local Stripe: Checkout, trial, what a plan allows, past due and its grace, the end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from common.application.payments.subscriptions import end_graces, sync_subscription
from common.domain.plans import DEFAULT_PLANS, GRACE, PlanStatus, Subscription, effective_plan, load_plans
from common.domain.roles import Role

from tests.support import api_client, sign_in
from tests.support.identity import store_user

if TYPE_CHECKING:
    import stripe

    from infra.stripe_local.testing import RunningStripe
    from tests.support.money import MoneyBench

PLUS = DEFAULT_PLANS[1]


@pytest.fixture
async def prices(stripe_client: stripe.StripeClient) -> None:
    """A price for each plan, as the deployment makes them."""
    for plan in DEFAULT_PLANS[1:]:
        assert plan.price is not None
        assert plan.lookup_key is not None
        product = await stripe_client.v1.products.create_async({"name": plan.name})
        await stripe_client.v1.prices.create_async(
            {
                "product": product.id,
                "currency": plan.price.currency,
                "unit_amount": plan.price.amount,
                "recurring": {"interval": "month"},
                "lookup_key": plan.lookup_key,
                "transfer_lookup_key": True,
            }
        )


async def provider_headers(bench: MoneyBench) -> dict[str, str]:
    owner = bench.provider_user.model_copy(
        update={"roles": [Role.USER, Role.PROVIDER], "provider_id": bench.provider.id}
    )
    return await sign_in(bench.container, await store_user(bench.container, owner))


@pytest.mark.usefixtures("prices")
async def test_a_provider_subscribes_and_the_plan_takes_effect(
    real_bench: MoneyBench, stripe_server: RunningStripe, stripe_client: stripe.StripeClient
) -> None:
    bench, headers = real_bench, await provider_headers(real_bench)
    container = bench.container
    async with api_client("payments", container) as client:
        plans = (await client.get("/v1/subscriptions/plans")).json()["items"]
        assert [each["id"] for each in plans] == ["free", "plus", "pro"]
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
        stored = await container.provider_reader.get(bench.provider.id)
        assert stored is not None
        assert stored.commission_basis_points == PLUS.commission_basis_points
        assert stored.active_service_limit == PLUS.active_services

        again = await client.post("/v1/subscriptions/checkout", json={"plan_id": "pro"}, headers=headers)
        assert again.status_code == 409
        portal = await client.post("/v1/subscriptions/portal", headers=headers)
        assert portal.status_code == 201

    await stripe_client.v1.subscriptions.cancel_async(subscription_id)
    await sync_subscription(container.subscriptions, subscription_id)
    stored = await container.provider_reader.get(bench.provider.id)
    assert stored is not None
    assert stored.plan_id == "free"
    assert stored.commission_basis_points is None


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
    await deps.subscriptions.put(unpaid)
    assert await end_graces(deps) == 0
    assert effective_plan(deps.plans, unpaid, now + GRACE - timedelta(seconds=1)).id == "plus"
    bench.clock.advance(days=7)
    assert await end_graces(deps) == 1
    assert await end_graces(deps) == 0
    stored = await deps.providers.get(bench.provider.id)
    assert stored is not None
    assert stored.plan_id == "free"
    assert stored.commission_basis_points is None


@pytest.mark.parametrize("wrong", ["nonsense", "[]", '[{"id": "a", "name": "A", "lookup_key": "x"}]', '[{"id": 1}]'])
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
