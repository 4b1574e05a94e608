"""Media in MongoDB."""
