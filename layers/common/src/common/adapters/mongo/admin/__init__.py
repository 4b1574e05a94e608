"""Collections of what staff look at."""
