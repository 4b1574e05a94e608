"""Provider plans: subscribing, changing, and where a provider stands."""

from dataclasses import dataclass

from common.application.payments.deps import PaymentDeps
from common.application.payments.operations.steps import customer_of_user
from common.application.ports.catalogue.repositories import Providers, Services
from common.application.ports.payments.subscriptions import PlanGateway, Subscriptions
from common.domain.catalogue.providers import Provider
from common.domain.identity.roles import Principal
from common.domain.payments.plans import Plan, Subscription, effective_plan
from common.domain.shared.errors import Conflict, Forbidden


@dataclass(frozen=True)
class SubscriptionDeps(PaymentDeps):
    """Ports of the plan use cases."""

    providers: Providers
    services: Services
    subscriptions: Subscriptions
    plan_gateway: PlanGateway
    plans: tuple[Plan, ...]
    frontend_base_url: str


@dataclass(frozen=True)
class PlanStanding:
    """Where a provider stands: the subscription, where there is one, and the plan that applies now."""

    subscription: Subscription | None
    plan: Plan


async def open_portal(deps: SubscriptionDeps, caller: Principal) -> str:
    """A page on which the provider changes card or plan, or cancels.

    Raises:
        Conflict: the provider never had a plan to manage.
    """
    provider = await calling_provider(deps, caller)
    if await deps.subscriptions.get(provider.id) is None:
        raise Conflict("You have no plan to manage.", code="no_subscription")
    customer_id = await customer_of_user(deps, caller.user_id)
    return await deps.plan_gateway.portal(customer_id, return_url=f"{deps.frontend_base_url}/provider/plan")


async def my_plan(deps: SubscriptionDeps, caller: Principal) -> PlanStanding:
    """The caller's subscription and the plan that applies now."""
    provider = await calling_provider(deps, caller)
    known = await deps.subscriptions.get(provider.id)
    return PlanStanding(known, effective_plan(deps.plans, known, deps.clock.now()))


async def calling_provider(deps: SubscriptionDeps, caller: Principal) -> Provider:
    """The caller's profile.

    Raises:
        Forbidden: the caller has none.
    """
    provider = await deps.providers.get(caller.provider_id) if caller.provider_id else None
    if provider is None:
        raise Forbidden("Only a provider has a plan.")
    return provider
