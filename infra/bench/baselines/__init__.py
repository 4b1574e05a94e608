"""Baselines: the least code that does the same work, run by the same runtime client with the same layer."""
