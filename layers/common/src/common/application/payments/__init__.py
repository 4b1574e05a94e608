"""Payments: intents, operations at Stripe, webhooks, verification, and what people see of their money."""
