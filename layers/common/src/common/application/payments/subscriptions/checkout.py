"""Subscribing to a plan on Stripe's own page, once."""

from common.application.payments.operations.steps import customer_of_user
from common.application.payments.subscriptions.plans import SubscriptionDeps, calling_provider
from common.application.payments.subscriptions.sync import sync_subscription
from common.domain.identity.roles import Principal
from common.domain.payments.plans import ENDED
from common.domain.shared.errors import Conflict, NotFound


async def start_checkout(deps: SubscriptionDeps, caller: Principal, plan_id: str) -> str:
    """A Checkout page for a plan; the trial is given once.

    Pages that were opened before are closed first; then Stripe is asked whether one of them was paid, since its webhook
    may still be on its way. What is paid all the same, on pages opened at once, ``settle_duplicates`` ends.

    Raises:
        NotFound: there is no such plan for sale.
        Conflict: the provider has a subscription already; the portal changes it (code ``already_subscribed``).
    """
    provider = await calling_provider(deps, caller)
    plan = next((each for each in deps.plans if each.id == plan_id and each.lookup_key), None)
    if plan is None:
        raise NotFound("There is no such plan.", code="unknown_plan")
    known = await deps.subscriptions.get(provider.id)
    if known is not None and known.status not in ENDED:
        raise _already_subscribed()
    customer_id = await customer_of_user(deps, caller.user_id)
    await deps.plan_gateway.close_pages(customer_id)
    for live in await deps.plan_gateway.list_live_subscriptions(customer_id):
        if live.provider_id == provider.id:
            await sync_subscription(deps, live.id)
            raise _already_subscribed()
    page = f"{deps.frontend_base_url}/provider/plan"
    return await deps.plan_gateway.checkout(
        plan,
        provider_id=provider.id,
        customer_id=customer_id,
        with_trial=known is None,
        success_url=f"{page}?subscribed=true",
        cancel_url=page,
    )


def _already_subscribed() -> Conflict:
    return Conflict("You have a plan already; change it in the portal.", code="already_subscribed")
