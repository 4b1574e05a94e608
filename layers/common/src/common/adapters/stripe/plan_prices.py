"""Products and prices of provider plans at Stripe: the ``PlanPrices`` port."""

from collections.abc import Mapping
from contextlib import suppress
from typing import cast

import stripe
from stripe._v1_services import V1Services
from stripe.params.billing_portal import ConfigurationCreateParamsFeatures, ConfigurationUpdateParamsFeatures

from common.adapters.stripe import mapping
from common.adapters.stripe.errors import translated
from common.domain.payments.plans import Plan
from common.domain.shared.errors import NotFound

#: What marks our configuration of the customer portal among an account's others.
_OURS = {"purpose": "gigsta_plans"}
_MOST = 100


async def find_portal(api: V1Services) -> str | None:
    """Our configuration of the customer portal; ``None`` leaves it to what the dashboard has saved."""
    found = await api.billing_portal.configurations.list_async({"active": True, "limit": _MOST})
    ours = (each.id for each in found.data if mapping.metadata(each.metadata).items() >= _OURS.items())
    return next(ours, None)


class StripePlanPrices:
    """``PlanPrices`` over Stripe's products and prices (https://docs.stripe.com/products-prices/manage-prices).

    A plan's product has an id of our own, so that making it twice is refused instead of making two.
    """

    def __init__(self, client: stripe.StripeClient) -> None:
        self._v1 = client.v1

    async def ensure_price(self, plan: Plan) -> str:
        """The price that a plan is sold at; a new one takes over the lookup key where the present one differs.

        Raises:
            NotFound: the plan costs nothing, so there is nothing to sell.
        """
        if plan.price is None or plan.lookup_key is None:
            raise NotFound("This plan has no price.", code="plan_not_for_sale")
        with translated():
            known = await self._v1.prices.list_async({"lookup_keys": [plan.lookup_key], "active": True, "limit": 1})
        if known.data and _is_same(known.data[0], plan):
            return known.data[0].id
        product_id = await self._ensure_product(plan)
        with translated():
            made = await self._v1.prices.create_async(
                {
                    "product": product_id,
                    "currency": plan.price.currency,
                    "unit_amount": plan.price.amount,
                    "recurring": {"interval": plan.interval},
                    "lookup_key": plan.lookup_key,
                    "transfer_lookup_key": True,
                    "metadata": {"plan_id": plan.id},
                }
            )
        return made.id

    async def ensure_portal(self, prices: Mapping[str, str]) -> str:
        """See that the customer portal cancels at a period's end and switches between these plans.

        Without such a configuration Stripe's portal does neither, or does not open at all
        (https://docs.stripe.com/customer-management/configure-portal).

        Args:
            prices: Stripe's id of each price by the plan's id.

        Returns:
            The configuration's id.
        """
        features: ConfigurationCreateParamsFeatures = {
            "invoice_history": {"enabled": True},
            "payment_method_update": {"enabled": True},
            "subscription_cancel": {"enabled": True, "mode": "at_period_end"},
            "subscription_update": {
                "enabled": bool(prices),
                "default_allowed_updates": ["price"],
                "products": [{"product": _product_id(each), "prices": [prices[each]]} for each in prices],
                "proration_behavior": "create_prorations",
                # By default a switch would end the trial that the provider was promised.
                "trial_update_behavior": "continue_trial",
            },
        }
        with translated():
            known = await find_portal(self._v1)
            if known is not None:
                await self._v1.billing_portal.configurations.update_async(
                    known, {"features": cast("ConfigurationUpdateParamsFeatures", features)}
                )
                return known
            made = await self._v1.billing_portal.configurations.create_async({"features": features, "metadata": _OURS})
        return made.id

    async def _ensure_product(self, plan: Plan) -> str:
        product_id = _product_id(plan.id)
        with suppress(NotFound), translated():
            return (await self._v1.products.retrieve_async(product_id)).id
        with translated():
            made = await self._v1.products.create_async(
                {"id": product_id, "name": plan.name, "metadata": {"plan_id": plan.id}}
            )
        return made.id


def _product_id(plan_id: str) -> str:
    return f"gigsta_{plan_id}"


def _is_same(price: stripe.Price, plan: Plan) -> bool:
    """Whether a price is what the plan costs; ``plan`` has a price."""
    interval = price.recurring.interval if price.recurring else None
    wanted = plan.price
    return wanted is not None and (price.unit_amount, price.currency, interval) == (
        wanted.amount,
        wanted.currency,
        plan.interval,
    )
