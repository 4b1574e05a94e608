"""Deciding on what people have reported, and on appeals."""
