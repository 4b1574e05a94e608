"""Ports of every context."""
