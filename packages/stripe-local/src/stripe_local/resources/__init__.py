"""Stripe's resources by area; importing their modules fills the tables of routes and timers."""

from stripe_local.core.routing import ROUTES, TIMERS
from stripe_local.resources.billing import (
    billing_portal,
    checkout_sessions,
    customers,
    invoices,
    prices,
    products,
    subscriptions,
)
from stripe_local.resources.connect import accounts, payouts, transfers
from stripe_local.resources.money import application_fees, balance
from stripe_local.resources.payments import (
    charges,
    disputes,
    payment_intents,
    payment_methods,
    refunds,
    setup_intents,
)
from stripe_local.resources.webhooks import events, webhook_endpoints

__all__ = ["MODULES", "ROUTES", "TIMERS"]

MODULES = (
    accounts, application_fees, balance, billing_portal, charges, checkout_sessions, customers, disputes, events,
    invoices, payment_intents, payment_methods, payouts, prices, products, refunds, setup_intents, subscriptions,
    transfers, webhook_endpoints,
)  # fmt: skip
