"""Bookings: the agreement, its money and its state machine."""
