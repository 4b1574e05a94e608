"""Ports of searching."""
