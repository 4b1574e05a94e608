"""Use cases of streams, tickets and connections."""
