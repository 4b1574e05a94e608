"""Bookings: making them, acting on them, reading them, and their timers."""
