"""Reading the collections that searches read."""
