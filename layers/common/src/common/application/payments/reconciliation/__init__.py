"""Comparing bookings, ledger and Stripe."""
