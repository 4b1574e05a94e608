"""A local, stateful stand-in for Stripe's API, for development and tests on one machine."""
