"""Makes anew what is derived: rating summaries, search listings, known words, counters, and figures of earnings."""
