"""The providers function on a real database."""
