"""Makes anew what is derived: rating summaries, search listings, words that searches know, and figures of earnings."""
