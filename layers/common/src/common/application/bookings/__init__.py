"""Bookings: making them, acting on them, reading them, and what time does to them."""
