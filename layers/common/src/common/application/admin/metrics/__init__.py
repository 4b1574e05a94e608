"""Figures of the marketplace by day, made of what has happened."""
