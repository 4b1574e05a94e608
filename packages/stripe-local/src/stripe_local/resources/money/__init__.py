"""Balances and what is booked in them."""
