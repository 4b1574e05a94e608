"""Rules of streams, tickets and connections."""
