"""Stripe's resources, one module each; importing them fills the table of routes."""

import importlib

_MODULES = (
    "accounts", "balance", "billing_portal", "charges", "checkout_sessions", "customers", "disputes", "events",
    "invoices", "payment_intents", "payment_methods", "payouts", "prices", "products", "refunds", "setup_intents",
    "subscriptions", "transfers", "webhook_endpoints",
)  # fmt: skip


def load() -> None:
    """Import every resource."""
    for name in _MODULES:
        importlib.import_module(f"{__name__}.{name}")
