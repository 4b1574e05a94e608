"""Payments: charges of bookings, saved cards, payouts, plans, and the workers that talk to Stripe."""
