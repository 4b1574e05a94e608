"""Words and places as people type them."""
