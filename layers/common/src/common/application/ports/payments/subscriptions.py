"""Provider plans at Stripe, and what we know of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from common.domain.payments.plans import Plan, PlanStatus, Subscription
from common.domain.shared.model import Model
from common.domain.shared.money import Money


class StripeSubscription(Model):
    """A subscription as Stripe has it now; ``plan_id`` is what its price says, where it says anything.

    ``cancel_at_period_end`` says that it does not go on after the present period, however that was asked for.
    """

    id: str
    status: PlanStatus
    lookup_key: str | None
    plan_id: str | None = None
    provider_id: str | None
    customer_id: str | None = None
    current_period_end: datetime | None = None
    trial_end: datetime | None = None
    cancel_at_period_end: bool = False


class PlanPayment(Model):
    """One payment of a subscription's invoice."""

    payment_intent_id: str
    amount: Money


class PlanGateway(Protocol):
    """Checkout, portal and subscriptions at Stripe. Errors are those of ``PaymentGateway``."""

    async def checkout(
        self, plan: Plan, *, provider_id: str, customer_id: str, with_trial: bool, success_url: str, cancel_url: str
    ) -> str:
        """A Checkout page on which the provider subscribes; returns its URL.

        Raises:
            NotFound: Stripe has no price under the plan's lookup key.
        """
        ...

    async def close_pages(self, customer_id: str) -> None:
        """Close the Checkout pages that a customer has open, so that none of them is paid beside another."""
        ...

    async def list_live_subscriptions(self, customer_id: str) -> Sequence[StripeSubscription]:
        """A customer's subscriptions that have begun and not ended, the one that was made first before the others."""
        ...

    async def list_payments(self, subscription_id: str) -> Sequence[PlanPayment]:
        """What was paid for a subscription, oldest first; a trial is nothing."""
        ...

    async def refund(self, payment: PlanPayment) -> None:
        """Give a payment back in full; one that was given back already stays so."""
        ...

    async def cancel(self, subscription_id: str) -> None:
        """End a subscription at once; one that has ended stays so."""
        ...

    async def portal(self, customer_id: str, *, return_url: str) -> str:
        """A page on which the provider changes card or plan, or cancels; returns its URL."""
        ...

    async def get_subscription(self, subscription_id: str) -> StripeSubscription:
        """Re-read a subscription."""
        ...


class PlanPrices(Protocol):
    """Products and prices at Stripe. Errors are those of ``PaymentGateway``."""

    async def ensure_price(self, plan: Plan) -> str:
        """The price that a plan is sold at, made where Stripe has none like it; returns its id."""
        ...

    async def ensure_portal(self, prices: Mapping[str, str]) -> str:
        """See that the customer portal switches between these plans, prices by plan; returns its configuration's id."""
        ...


class Subscriptions(Protocol):
    """What we know of providers' subscriptions; one for each provider."""

    async def get(self, provider_id: str) -> Subscription | None:
        """A provider's subscription."""
        ...

    async def save(self, subscription: Subscription) -> bool:
        """Store it as the next revision; ``False`` if the one before is not what is stored."""
        ...

    async def list_past_due(self, since: datetime, *, limit: int) -> Sequence[Subscription]:
        """Subscriptions past due since before an instant, whose end of grace has not been applied, oldest first."""
        ...

    async def mark_lapsed(self, subscription: Subscription, now: datetime) -> None:
        """Remember that the end of grace was applied, unless the subscription has been replaced since."""
        ...
