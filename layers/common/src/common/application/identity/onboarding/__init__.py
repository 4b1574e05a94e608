"""From a fresh account to a customer or a listed provider."""
