"""Builders of whole, plausible domain objects; a test names only what it is about."""
