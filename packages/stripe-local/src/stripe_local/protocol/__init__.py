"""Stripe's wire format: forms in, JSON out, parameters and errors as Stripe words them."""
