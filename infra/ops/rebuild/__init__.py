"""Makes anew what is derived: rating summaries, search listings, and the words that searches know."""
