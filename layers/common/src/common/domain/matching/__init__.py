"""Job requests, and the offers by which they find a provider."""
