"""Use cases of providers: profile, services, availability, slots, figures."""
