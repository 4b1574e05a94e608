"""Collections of time."""
