"""Making the prices of provider plans at Stripe from their configuration."""

from collections.abc import Iterable, Mapping

from common.application.ports.payments.subscriptions import PlanPrices
from common.domain.payments.plans import Plan


async def publish_plans(prices: PlanPrices, plans: Iterable[Plan]) -> Mapping[str, str]:
    """Make sure that Stripe has every paid plan at its configured price, and that its portal offers switching.

    Safe to repeat.

    A price at Stripe never changes: where the configuration has another amount, a new price takes over the lookup key,
    and who has subscribed before keeps the old one.

    Args:
        prices: where prices are made.
        plans: the configured plans.

    Returns:
        Stripe's id of each price by the plan's lookup key.
    """
    paid = [plan for plan in plans if plan.price is not None and plan.lookup_key is not None]
    made = {plan.id: await prices.ensure_price(plan) for plan in paid}
    await prices.ensure_portal(made)
    return {plan.lookup_key or plan.id: made[plan.id] for plan in paid}
