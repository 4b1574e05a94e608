"""Provider plans at Stripe: the ``PlanGateway`` port."""

from collections.abc import Sequence
from contextlib import suppress

import stripe
from stripe import params
from stripe.params.billing_portal import SessionCreateParams as PortalParams
from stripe.params.checkout import SessionCreateParams, SessionCreateParamsSubscriptionData

from common.adapters.stripe import mapping
from common.adapters.stripe.errors import translated
from common.adapters.stripe.plan_prices import find_portal
from common.application.ports.payments.subscriptions import PlanPayment, StripeSubscription
from common.domain.payments.ownership import Owner
from common.domain.payments.plans import ENDED, Plan, PlanStatus
from common.domain.shared.errors import GatewayRefused, NotFound
from common.domain.shared.money import Money

#: As many as a page holds; nobody has so many pages open, subscriptions or invoices of one that ends at once.
_MOST = 100
_NOT_LIVE = ENDED | {PlanStatus.INCOMPLETE}


class StripePlans:
    """``PlanGateway`` over Stripe Billing: Checkout in subscription mode, and the customer portal.

    Args:
        client: Stripe.
        owner: whose marks the subscriptions made here carry; another deployment's belong to no provider of ours.
    """

    def __init__(self, client: stripe.StripeClient, owner: Owner) -> None:
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

    async def close_pages(self, customer_id: str) -> None:
        """Close the customer's open Checkout pages of ours; one that was completed just now cannot be."""
        with translated():
            opened = await self._v1.checkout.sessions.list_async(
                {"customer": customer_id, "status": "open", "limit": _MOST}
            )
        for each in opened.data:
            if self._owner.is_theirs(mapping.metadata(each.metadata)):
                continue
            with suppress(GatewayRefused), translated():
                await self._v1.checkout.sessions.expire_async(each.id)

    async def list_live_subscriptions(self, customer_id: str) -> Sequence[StripeSubscription]:
        """A customer's subscriptions that have begun and not ended; by default Stripe lists no canceled ones."""
        with translated():
            found = await self._v1.subscriptions.list_async({"customer": customer_id, "limit": _MOST})
        oldest_first = sorted(found.data, key=lambda each: (each.created, each.id))
        return [each for each in map(self._subscription, oldest_first) if each.status not in _NOT_LIVE]

    async def list_payments(self, subscription_id: str) -> Sequence[PlanPayment]:
        """What was paid for a subscription (https://docs.stripe.com/api/invoice-payment/object)."""
        with translated():
            found = await self._v1.invoices.list_async(
                {"subscription": subscription_id, "status": "paid", "limit": _MOST, "expand": ["data.payments"]}
            )
        paid = [
            PlanPayment(
                payment_intent_id=intent_id, amount=Money(amount=payment.amount_paid or 0, currency=invoice.currency)
            )
            for invoice in reversed(found.data)
            for payment in (invoice.payments.data if invoice.payments else ())
            if (intent_id := mapping.identifier(payment.payment.payment_intent)) is not None
        ]
        return [each for each in paid if each.amount.amount > 0]

    async def refund(self, payment: PlanPayment) -> None:
        """Give a payment back in full."""
        wanted: params.RefundCreateParams = {"payment_intent": payment.payment_intent_id, "reason": "duplicate"}
        key = f"{payment.payment_intent_id}:duplicate_plan"
        try:
            with translated():
                await self._v1.refunds.create_async(wanted, {"idempotency_key": key})
        except GatewayRefused as refused:
            if refused.reason != "charge_already_refunded":
                raise

    async def cancel(self, subscription_id: str) -> None:
        """End a subscription at once, without an invoice for what was used."""
        with suppress(NotFound), translated():
            await self._v1.subscriptions.cancel_async(subscription_id, {"invoice_now": False, "prorate": False})

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
        return self._subscription(found)

    def _subscription(self, found: stripe.Subscription) -> StripeSubscription:
        items, metadata = found.items.data, mapping.metadata(found.metadata)
        end = max((each.current_period_end for each in items), default=None)
        return StripeSubscription(
            id=found.id,
            status=PlanStatus(found.status),
            lookup_key=items[0].price.lookup_key if items else None,
            plan_id=mapping.metadata(items[0].price.metadata).get("plan_id") if items else None,
            provider_id=None if self._owner.is_theirs(metadata) else metadata.get("provider_id"),
            customer_id=mapping.identifier(found.customer),
            current_period_end=mapping.instant(end),
            trial_end=mapping.instant(found.trial_end),
            cancel_at_period_end=found.cancel_at_period_end or _ends_by(found, end),
        )


def _ends_by(found: stripe.Subscription, period_end: int | None) -> bool:
    """Whether it is set to end with its period, as the portal does it with flexible billing.

    See https://docs.stripe.com/billing/subscriptions/billing-mode/compare, "Cancellations in the Customer Portal".
    """
    return found.cancel_at is not None and period_end is not None and found.cancel_at <= period_end
