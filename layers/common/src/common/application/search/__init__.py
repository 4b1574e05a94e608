"""Use cases of searching: services, providers, suggestions, popular categories."""
