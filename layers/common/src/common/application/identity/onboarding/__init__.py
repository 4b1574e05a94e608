"""Onboarding: from a new account to a customer or a listed provider."""
