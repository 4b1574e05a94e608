"""The search function on a real database."""
