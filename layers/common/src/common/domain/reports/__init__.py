"""Reports of what is broken in public places: their states, categories, votes and comments."""
