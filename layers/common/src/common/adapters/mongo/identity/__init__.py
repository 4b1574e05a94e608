"""Collections of identity."""
