"""Ports of notifications."""
