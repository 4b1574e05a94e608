"""Providers, their services, and the listings made of them."""
