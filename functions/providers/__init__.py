"""Providers, services, availability."""

import common.runtime  # noqa: F401 - what tunes the imports comes before them
