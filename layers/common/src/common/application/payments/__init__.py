"""Payments: intents, operations at Stripe, webhooks, reconciliation, and what people see of their money."""
