"""Job requests, offers and quotes."""

import common.runtime  # noqa: F401 - what tunes the imports comes before them
