"""Bookings: making, reading and moving them."""
