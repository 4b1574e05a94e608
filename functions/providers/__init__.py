"""Providers, services, availability."""

import common.runtime  # noqa: F401 - the cold-start prelude comes before every other import
