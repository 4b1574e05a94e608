"""Stripe's webhook events: received once, processed by reading again."""
