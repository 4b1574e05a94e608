"""Indexes and data changes, in numbered steps under ``versions``."""
