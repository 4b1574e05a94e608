"""Passwords, tokens, identity providers."""
