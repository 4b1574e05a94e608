"""Short ways to make the objects that tests begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import stripe
    from stripe._v1_services import V1Services

#: What an Express account is since `type` gave way to controller properties, and what it must be allowed together.
EXPRESS = {
    "controller": {
        "fees": {"payer": "application"},
        "losses": {"payments": "application"},
        "stripe_dashboard": {"type": "express"},
    },
    "capabilities": {"card_payments": {"requested": True}, "transfers": {"requested": True}},
}


async def pay(api: V1Services, card: str = "pm_card_visa", **params: Any) -> stripe.PaymentIntent:
    """Create and confirm a PaymentIntent of 100 dollars, by card, with its balance transaction at once."""
    given: dict[str, Any] = {
        "amount": 10_000,
        "currency": "nzd",
        "payment_method": card,
        "confirm": True,
        "allowed_payment_method_types": ["card"],
        "capture_method": "automatic",
        **params,
    }
    return await api.payment_intents.create_async(cast("Any", given))


async def authorize(api: V1Services, card: str = "pm_card_visa", **params: Any) -> stripe.PaymentIntent:
    """The same, to be captured later."""
    return await pay(api, card, capture_method="manual", **params)


async def fund(api: V1Services, amount: int = 100_000, currency: str = "nzd") -> stripe.PaymentIntent:
    """Put money into the available balance at once (https://docs.stripe.com/testing#available-balance)."""
    return await pay(api, "pm_card_bypassPending", amount=amount, currency=currency)


async def charge_of(api: V1Services, intent: stripe.PaymentIntent) -> stripe.Charge:
    """An intent's latest charge, with its balance transaction."""
    return await api.charges.retrieve_async(str(intent.latest_charge), {"expand": ["balance_transaction"]})


async def connected(api: V1Services, **params: Any) -> stripe.Account:
    """A connected account that was not onboarded."""
    given: dict[str, Any] = {
        "country": "NZ",
        **EXPRESS,
        **params,
    }
    return await api.accounts.create_async(cast("Any", given))


async def plan(api: V1Services, amount: int = 2900) -> stripe.Price:
    """A monthly price."""
    return await api.prices.create_async(
        {
            "currency": "nzd",
            "unit_amount": amount,
            "recurring": {"interval": "month"},
            "product_data": {"name": "Professional"},
        }
    )


async def customer_with_card(api: V1Services, card: str = "pm_card_visa") -> stripe.Customer:
    """A customer whose default payment method is a card."""
    customer = await api.customers.create_async({"email": "customer@example.com"})
    method = await api.payment_methods.attach_async(card, {"customer": customer.id})
    return await api.customers.update_async(customer.id, {"invoice_settings": {"default_payment_method": method.id}})
