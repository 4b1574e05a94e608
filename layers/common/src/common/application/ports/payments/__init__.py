"""Ports of payments."""
