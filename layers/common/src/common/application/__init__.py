"""Use cases: one function each, over the ports they need."""
