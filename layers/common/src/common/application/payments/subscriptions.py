"""Provider plans: subscribing, following Stripe, and letting what the plan allows take effect."""

from dataclasses import dataclass

from common.application.payments.deps import PaymentDeps
from common.application.payments.steps import customer_of_user
from common.application.ports.catalogue import Providers
from common.application.ports.subscriptions import PlanGateway, StripeSubscription, Subscriptions
from common.application.publishing import publish_committed
from common.domain.display import local_time_text
from common.domain.errors import Conflict, Forbidden, NotFound
from common.domain.events import Topic, new_event
from common.domain.plans import GRACE, Plan, PlanStatus, Subscription, effective_plan
from common.domain.providers import Provider
from common.domain.roles import Principal

_ENDED = frozenset({PlanStatus.CANCELED, PlanStatus.INCOMPLETE_EXPIRED})
_BATCH = 100


@dataclass(frozen=True)
class SubscriptionDeps:
    """Ports of the plan use cases."""

    payments: PaymentDeps
    providers: Providers
    subscriptions: Subscriptions
    gateway: PlanGateway
    plans: tuple[Plan, ...]
    frontend_base_url: str


@dataclass(frozen=True)
class PlanStanding:
    """Where a provider stands: the subscription, where there is one, and the plan that applies now."""

    subscription: Subscription | None
    plan: Plan


async def start_checkout(deps: SubscriptionDeps, caller: Principal, plan_id: str) -> str:
    """A Checkout page for a plan; the trial is given once.

    Raises:
        NotFound: there is no such plan for sale.
        Conflict: the provider has a subscription already; the portal changes it (code ``already_subscribed``).
    """
    provider = await _provider(deps, caller)
    plan = next((each for each in deps.plans if each.id == plan_id and each.lookup_key), None)
    if plan is None:
        raise NotFound("There is no such plan.", code="unknown_plan")
    known = await deps.subscriptions.get(provider.id)
    if known is not None and known.status not in _ENDED:
        raise Conflict("You have a plan already; change it in the portal.", code="already_subscribed")
    page = f"{deps.frontend_base_url}/provider/plan"
    return await deps.gateway.checkout(
        plan,
        provider_id=provider.id,
        customer_id=await customer_of_user(deps.payments, caller.user_id),
        with_trial=known is None,
        success_url=f"{page}?subscribed=true",
        cancel_url=page,
    )


async def open_portal(deps: SubscriptionDeps, caller: Principal) -> str:
    """A page on which the provider changes card or plan, or cancels.

    Raises:
        Conflict: the provider never had a plan to manage.
    """
    provider = await _provider(deps, caller)
    if await deps.subscriptions.get(provider.id) is None:
        raise Conflict("You have no plan to manage.", code="no_subscription")
    customer_id = await customer_of_user(deps.payments, caller.user_id)
    return await deps.gateway.portal(customer_id, return_url=f"{deps.frontend_base_url}/provider/plan")


async def my_plan(deps: SubscriptionDeps, caller: Principal) -> PlanStanding:
    """The caller's subscription and the plan that applies now."""
    provider = await _provider(deps, caller)
    known = await deps.subscriptions.get(provider.id)
    return PlanStanding(known, effective_plan(deps.plans, known, deps.payments.clock.now()))


async def sync_subscription(deps: SubscriptionDeps, subscription_id: str) -> None:
    """Re-read a subscription and let what it allows take effect; safe to repeat, in any order.

    One that ended while another has begun since is passed over.
    """
    found = await deps.gateway.get_subscription(subscription_id)
    plan = next((each for each in deps.plans if each.lookup_key and each.lookup_key == found.lookup_key), None)
    provider = await deps.providers.get(found.provider_id) if found.provider_id else None
    if provider is None or plan is None:
        return
    known = await deps.subscriptions.get(provider.id)
    is_other = known is not None and known.stripe_id != found.id
    if is_other and (found.status in _ENDED or found.status is PlanStatus.INCOMPLETE):
        return
    stored = _as_known(deps, known, found, plan, provider)
    await deps.subscriptions.put(stored)
    await _apply(deps, provider, stored)
    if stored.status is PlanStatus.PAST_DUE and (known is None or known.status is not PlanStatus.PAST_DUE):
        await _warn(deps, provider, plan, stored)


async def end_graces(deps: SubscriptionDeps) -> int:
    """Let the free plan apply where the grace of an unpaid one has ended; returns how many."""
    now = deps.payments.clock.now()
    lapsed = await deps.subscriptions.past_due_before(now - GRACE, limit=_BATCH)
    for subscription in lapsed:
        provider = await deps.providers.get(subscription.id)
        if provider is not None:
            await _apply(deps, provider, subscription)
        await deps.subscriptions.mark_lapsed(subscription.id, now)
    return len(lapsed)


def _as_known(
    deps: SubscriptionDeps, known: Subscription | None, found: StripeSubscription, plan: Plan, provider: Provider
) -> Subscription:
    now = deps.payments.clock.now()
    is_past_due = found.status is PlanStatus.PAST_DUE
    since = (known.past_due_since if known and known.stripe_id == found.id else None) or now
    return Subscription(
        id=provider.id,
        stripe_id=found.id,
        plan_id=plan.id,
        status=found.status,
        current_period_end=found.current_period_end,
        trial_end=found.trial_end,
        cancel_at_period_end=found.cancel_at_period_end,
        past_due_since=since if is_past_due else None,
        updated_at=now,
    )


async def _apply(deps: SubscriptionDeps, provider: Provider, subscription: Subscription) -> None:
    """Carry what the plan allows over to the provider; bookings made so far keep their snapshot."""
    now = deps.payments.clock.now()
    plan = effective_plan(deps.plans, subscription, now)
    fields = {
        "commission_basis_points": plan.commission_basis_points,
        "active_service_limit": plan.active_services,
        "plan_id": plan.id,
    }
    if any(getattr(provider, name) != value for name, value in fields.items()):
        await deps.providers.update(provider.id, fields, now=now)


async def _warn(deps: SubscriptionDeps, provider: Provider, plan: Plan, stored: Subscription) -> None:
    payments = deps.payments
    until = (stored.past_due_since or payments.clock.now()) + GRACE
    event = new_event(
        Topic.NOTIFICATIONS,
        "mail.requested",
        payments.clock.now(),
        template="subscription_past_due",
        to_user_id=provider.user_id,
        data={"plan": plan.name, "grace_until": local_time_text(until, provider.timezone)},
    )
    await payments.outbox.add([event])
    await publish_committed(payments.outbox, payments.publisher, [event], payments.clock)


async def _provider(deps: SubscriptionDeps, caller: Principal) -> Provider:
    provider = await deps.providers.get(caller.provider_id) if caller.provider_id else None
    if provider is None:
        raise Forbidden("Only a provider has a plan.")
    return provider
