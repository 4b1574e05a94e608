"""Collections of payments."""
