"""Providers, services, availability."""
