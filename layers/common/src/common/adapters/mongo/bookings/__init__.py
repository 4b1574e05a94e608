"""Collections of bookings."""
