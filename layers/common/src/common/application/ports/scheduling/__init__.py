"""Ports of time."""
