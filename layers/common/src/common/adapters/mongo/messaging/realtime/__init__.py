"""Stores of streams, tickets and connections."""
