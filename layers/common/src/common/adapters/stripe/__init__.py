"""Stripe: one injected client, one translation of its errors, and the ports it implements."""
