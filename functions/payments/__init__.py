"""Payments: charges of bookings, saved cards, payouts, plans, and the workers that talk to Stripe."""

import common.runtime  # noqa: F401 - what tunes the imports comes before them
