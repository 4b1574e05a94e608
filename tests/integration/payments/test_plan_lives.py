"""Plans over time at a local Stripe whose clock is moved: trial, renewal, a card that fails, grace, the end."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from common.adapters.stripe.plan_prices import StripePlanPrices
from common.application.payments.events.process import process_stripe_event
from common.application.payments.subscriptions.plan_prices import publish_plans
from common.application.payments.subscriptions.sync import end_graces, sync_subscription
from common.application.ports.payments.webhooks import StripeEvent, WebhookStatus
from common.domain.catalogue.services import ServiceStatus
from common.domain.payments.plans import DEFAULT_PLANS, GRACE, PlanStatus, Subscription
from common.domain.shared.events import Topic
from common.domain.shared.money import Money

from tests.factories.providers import make_service
from tests.support.identity import store_user
from tests.support.orders import orders

if TYPE_CHECKING:
    import stripe
    from common.domain.catalogue.providers import Provider

    from stripe_local.testing import RunningStripe
    from tests.support.money import MoneyBench

FREE, PLUS, PRO = DEFAULT_PLANS
DAY = 86_400


class Subscriber:
    """A provider at Stripe, and what we make of its subscription."""

    def __init__(self, bench: MoneyBench, client: stripe.StripeClient, server: RunningStripe) -> None:
        self.bench = bench
        self.client = client
        self.server = server
        self.subscription_id = ""

    async def subscribe(self, card: str = "pm_card_visa", trial_days: int | None = None, plan: str = "plus") -> None:
        """What Checkout makes of a provider's request."""
        prices = await publish_plans(StripePlanPrices(self.client), DEFAULT_PLANS)
        customer = await self.client.v1.customers.create_async({"email": self.bench.provider_user.email})
        method = await self.client.v1.payment_methods.attach_async(card, {"customer": customer.id})
        made = await self.client.v1.subscriptions.create_async(
            {
                "customer": customer.id,
                "default_payment_method": method.id,
                "items": [{"price": prices[f"gigsta_{plan}_month"]}],
                "metadata": {"provider_id": self.bench.provider.id},
                "trial_period_days": trial_days or 0,
            }
        )
        self.subscription_id = made.id

    async def sync(self) -> Subscription:
        """What the webhook's worker does."""
        deps = self.bench.container.subscriptions
        await sync_subscription(deps, self.subscription_id)
        stored = await deps.subscriptions.get(self.bench.provider.id)
        assert stored is not None
        return stored

    async def advance(self, days: float) -> None:
        """Let time pass for Stripe and for us."""
        await self.server.control.advance(days * DAY)
        self.bench.clock.advance(days=days)

    async def provider(self) -> Provider:
        stored = await self.bench.container.providers.get(self.bench.provider.id)
        assert stored is not None
        return stored


@pytest.fixture
async def subscriber(
    real_bench: MoneyBench, stripe_client: stripe.StripeClient, stripe_server: RunningStripe
) -> Subscriber:
    await store_user(real_bench.container, real_bench.provider_user)
    return Subscriber(real_bench, stripe_client, stripe_server)


def told(bench: MoneyBench, template: str) -> int:
    """How many mails of a template were asked for."""
    asked = (each for each in bench.publisher.events if each.topic is Topic.NOTIFICATIONS)
    return sum(each.payload.get("template") == template for each in asked)


async def test_a_trial_becomes_a_paid_plan_and_renews(subscriber: Subscriber) -> None:
    await subscriber.subscribe(trial_days=14)
    assert (await subscriber.sync()).status is PlanStatus.TRIALING
    assert (await subscriber.provider()).plan_id == "plus"
    await subscriber.advance(15)
    first = await subscriber.sync()
    assert first.status is PlanStatus.ACTIVE
    await subscriber.advance(31)
    second = await subscriber.sync()
    assert first.current_period_end is not None
    assert second.current_period_end is not None
    assert second.current_period_end > first.current_period_end
    assert (await subscriber.provider()).commission_basis_points == PLUS.commission_basis_points


async def test_a_card_that_fails_leaves_the_plan_its_grace_then_services_are_paused(subscriber: Subscriber) -> None:
    bench = subscriber.bench
    await subscriber.subscribe("pm_card_chargeCustomerFail", trial_days=7)
    await subscriber.sync()
    assert FREE.active_services is not None
    names = [f"Service {number}" for number in range(FREE.active_services + 3)]
    made = [make_service(bench.provider, title=name, status=ServiceStatus.ACTIVE) for name in names]
    for service in made:
        await bench.container.services.insert(service)
    await subscriber.advance(8)
    for _ in range(2):
        assert (await subscriber.sync()).status is PlanStatus.PAST_DUE
    assert told(bench, "subscription_past_due") == 1
    assert (await subscriber.provider()).plan_id == "plus"
    assert await end_graces(bench.container.subscriptions) == 0

    bench.clock.advance(seconds=GRACE.total_seconds())
    assert await end_graces(bench.container.subscriptions) == 1
    provider = await subscriber.provider()
    assert (provider.plan_id, provider.active_service_limit) == ("free", FREE.active_services)
    active = await bench.container.services.list_by_provider(
        provider.id, status=ServiceStatus.ACTIVE, limit=100, before=None
    )
    oldest = sorted(each.id for each in made)[: FREE.active_services]
    assert [each.id for each in active] == oldest[::-1]
    shown = bench.container.mongo.collection("service_listings")
    assert await shown.count_documents({"provider_id": provider.id}) == FREE.active_services
    assert told(bench, "services_paused") == 1

    customer = (await subscriber.client.v1.subscriptions.retrieve_async(subscriber.subscription_id)).customer
    method = await subscriber.client.v1.payment_methods.attach_async("pm_card_visa", {"customer": str(customer)})
    due = await subscriber.client.v1.subscriptions.retrieve_async(
        subscriber.subscription_id, {"expand": ["latest_invoice"]}
    )
    await subscriber.client.v1.invoices.pay_async(str(due.latest_invoice.id), {"payment_method": method.id})  # type: ignore[union-attr]
    assert (await subscriber.sync()).status is PlanStatus.ACTIVE
    assert (await subscriber.provider()).plan_id == "plus"


async def test_a_subscriber_keeps_the_plan_when_its_price_is_replaced(subscriber: Subscriber) -> None:
    await subscriber.subscribe()
    dearer = PLUS.model_copy(update={"price": Money(amount=4_900, currency="nzd")})
    await publish_plans(StripePlanPrices(subscriber.client), [dearer])
    assert (await subscriber.sync()).plan_id == "plus"


async def test_the_portal_changes_the_plan(subscriber: Subscriber) -> None:
    await subscriber.subscribe()
    await subscriber.sync()
    prices = await publish_plans(StripePlanPrices(subscriber.client), DEFAULT_PLANS)
    found = await subscriber.client.v1.subscriptions.retrieve_async(subscriber.subscription_id)
    item = found["items"].data[0].id
    await subscriber.client.v1.subscriptions.update_async(
        subscriber.subscription_id, {"items": [{"id": item, "price": prices["gigsta_pro_month"]}]}
    )
    assert (await subscriber.sync()).plan_id == "pro"
    provider = await subscriber.provider()
    assert (provider.active_service_limit, provider.commission_basis_points) == (None, PRO.commission_basis_points)


async def test_events_of_a_plan_in_every_order_and_at_once_end_in_what_stripe_says(subscriber: Subscriber) -> None:
    await subscriber.subscribe(trial_days=14)
    container = subscriber.bench.container
    await subscriber.client.v1.subscriptions.cancel_async(subscriber.subscription_id)
    types = (
        "customer.subscription.created",
        "checkout.session.completed",
        "invoice.paid",
        "customer.subscription.updated",
        "customer.subscription.deleted",
    )
    for number, order in enumerate(orders(types, 7)):
        for place, type_ in enumerate((*order, order[0])):
            event = StripeEvent(
                id=f"evt_{subscriber.subscription_id}_{number}_{place}",
                type=type_,
                object_id=subscriber.subscription_id,
                object_type="subscription",
                related={"subscription": subscriber.subscription_id},
                created=0,
                received_at=subscriber.bench.clock.now(),
            )
            await container.webhook_events.insert(event)
            assert await process_stripe_event(container.stripe_events, event.id) is WebhookStatus.PROCESSED
    stored = await container.subscriptions.subscriptions.get(subscriber.bench.provider.id)
    assert stored is not None
    assert stored.status is PlanStatus.CANCELED
    assert (await subscriber.provider()).plan_id == "free"
    await asyncio.gather(*(sync_subscription(container.subscriptions, subscriber.subscription_id) for _ in range(6)))
    again = await container.subscriptions.subscriptions.get(subscriber.bench.provider.id)
    assert again is not None
    assert again.status is PlanStatus.CANCELED


async def test_an_older_answer_of_stripes_is_never_the_last_one_kept(subscriber: Subscriber) -> None:
    await subscriber.subscribe()
    deps = subscriber.bench.container.subscriptions
    asked, go_on = asyncio.Event(), asyncio.Event()

    class Slow:
        """Holds the answer back once."""

        def __init__(self) -> None:
            self.calls = 0

        async def get_subscription(self, subscription_id: str) -> object:
            found = await deps.plan_gateway.get_subscription(subscription_id)
            self.calls += 1
            if self.calls == 1:
                asked.set()
                await go_on.wait()
            return found

        def __getattr__(self, name: str) -> object:
            return getattr(deps.plan_gateway, name)

    late = asyncio.create_task(sync_subscription(replace(deps, plan_gateway=Slow()), subscriber.subscription_id))  # type: ignore[arg-type]
    await asked.wait()
    await subscriber.client.v1.subscriptions.cancel_async(subscriber.subscription_id)
    assert (await subscriber.sync()).status is PlanStatus.CANCELED
    go_on.set()
    await late
    stored = await deps.subscriptions.get(subscriber.bench.provider.id)
    assert stored is not None
    assert stored.status is PlanStatus.CANCELED
    assert (await subscriber.provider()).plan_id == "free"
