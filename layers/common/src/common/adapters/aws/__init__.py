"""Amazon's services."""
