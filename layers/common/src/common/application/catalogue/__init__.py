"""Use cases of providers: profile, services, statistics."""
