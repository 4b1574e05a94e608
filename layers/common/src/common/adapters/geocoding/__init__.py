"""Turning addresses into points: over the network, or with what is at hand."""
