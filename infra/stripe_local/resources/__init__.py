"""Stripe's resources, one module each; importing them fills the table of routes."""

import importlib

_MODULES = (
    "accounts", "balance", "charges", "customers", "disputes", "events", "payment_intents", "payment_methods",
    "payouts", "refunds", "setup_intents", "transfers", "webhook_endpoints",
)  # fmt: skip


def load() -> None:
    """Import every resource."""
    for name in _MODULES:
        importlib.import_module(f"{__name__}.{name}")
