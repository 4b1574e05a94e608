"""Bookings: making, reading and moving them."""

import common.runtime  # noqa: F401 - the cold-start prelude comes before every other import
