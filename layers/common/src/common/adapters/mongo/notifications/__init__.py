"""Collections of notifications."""
