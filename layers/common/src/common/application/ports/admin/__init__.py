"""Ports of what staff do."""
