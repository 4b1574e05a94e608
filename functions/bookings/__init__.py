"""Bookings: making, reading and moving them."""

import common.runtime  # noqa: F401 - what tunes the imports comes before them
