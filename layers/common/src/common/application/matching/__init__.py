"""Use cases of job requests and offers."""
