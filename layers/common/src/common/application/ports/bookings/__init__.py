"""Ports of bookings."""
