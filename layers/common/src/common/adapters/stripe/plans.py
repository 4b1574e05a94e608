"""Provider plans at Stripe: the ``PlanGateway`` port."""

from typing import TYPE_CHECKING

from common.adapters.stripe import mapping
from common.adapters.stripe.errors import translated
from common.adapters.stripe.plan_prices import find_portal
from common.application.ports.subscriptions import StripeSubscription
from common.domain.errors import NotFound
from common.domain.plans import Plan, PlanStatus

if TYPE_CHECKING:
    import stripe
    from stripe.params.billing_portal import SessionCreateParams as PortalParams
    from stripe.params.checkout import SessionCreateParams, SessionCreateParamsSubscriptionData

    from common.domain.ownership import Owner


class StripePlans:
    """``PlanGateway`` over Stripe Billing: Checkout in subscription mode, and the customer portal.

    Args:
        client: Stripe.
        owner: whose marks the subscriptions made here carry; another deployment's belong to no provider of ours.
    """

    def __init__(self, client: "stripe.StripeClient", owner: "Owner") -> None:
        self._v1 = client.v1
        self._owner = owner

    async def checkout(
        self, plan: Plan, *, provider_id: str, customer_id: str, with_trial: bool, success_url: str, cancel_url: str
    ) -> str:
        """A Checkout page on which the provider subscribes; returns its URL."""
        metadata = {"provider_id": provider_id, "plan_id": plan.id, **self._owner.marks()}
        data: SessionCreateParamsSubscriptionData = {"metadata": metadata}
        if with_trial and plan.trial_days:
            data["trial_period_days"] = plan.trial_days
        with translated():
            prices = await self._v1.prices.list_async(
                {"lookup_keys": [plan.lookup_key or ""], "active": True, "limit": 1}
            )
            if not prices.data:
                raise NotFound("This plan cannot be bought now.", code="plan_not_for_sale")
            await self._close_earlier(customer_id)
            wanted: SessionCreateParams = {
                "mode": "subscription",
                "customer": customer_id,
                "client_reference_id": provider_id,
                "line_items": [{"price": prices.data[0].id, "quantity": 1}],
                "metadata": metadata,
                "subscription_data": data,
                "success_url": success_url,
                "cancel_url": cancel_url,
            }
            session = await self._v1.checkout.sessions.create_async(wanted)
        return session.url or success_url

    async def _close_earlier(self, customer_id: str) -> None:
        """Expire the customer's open pages: two that are both completed would be two subscriptions."""
        opened = await self._v1.checkout.sessions.list_async({"customer": customer_id, "status": "open", "limit": 100})
        for each in opened.data:
            await self._v1.checkout.sessions.expire_async(each.id)

    async def portal(self, customer_id: str, *, return_url: str) -> str:
        """A page on which the provider changes card or plan, or cancels; returns its URL."""
        wanted: PortalParams = {"customer": customer_id, "return_url": return_url}
        with translated():
            configuration = await find_portal(self._v1)
            if configuration is not None:
                wanted["configuration"] = configuration
            session = await self._v1.billing_portal.sessions.create_async(wanted)
        return session.url

    async def get_subscription(self, subscription_id: str) -> StripeSubscription:
        """Re-read a subscription."""
        with translated():
            found = await self._v1.subscriptions.retrieve_async(subscription_id)
        items, metadata = found.items.data, mapping.metadata(found.metadata)
        end = max((each.current_period_end for each in items), default=None)
        return StripeSubscription(
            id=found.id,
            status=PlanStatus(found.status),
            lookup_key=items[0].price.lookup_key if items else None,
            plan_id=mapping.metadata(items[0].price.metadata).get("plan_id") if items else None,
            provider_id=None if self._owner.is_theirs(metadata) else metadata.get("provider_id"),
            current_period_end=mapping.instant(end),
            trial_end=mapping.instant(found.trial_end),
            cancel_at_period_end=found.cancel_at_period_end or _ends_by(found, end),
        )


def _ends_by(found: "stripe.Subscription", period_end: int | None) -> bool:
    """Whether it was told to end by its period's end, as the portal does it with flexible billing.

    See https://docs.stripe.com/billing/subscriptions/billing-mode/compare, "Cancellations in the Customer Portal".
    """
    return found.cancel_at is not None and period_end is not None and found.cancel_at <= period_end
