"""Ports of streams, tickets and connections."""
