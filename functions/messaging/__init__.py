"""Conversations, and what people see happen while they look."""

import common.runtime  # noqa: F401 - what tunes the imports comes before them
