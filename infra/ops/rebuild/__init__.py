"""Makes anew what is derived: rating summaries, search listings, known words, earnings, and counts of bookings."""
