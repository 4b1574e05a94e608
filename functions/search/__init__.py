"""Search, suggestions, popular categories, and places."""

import common.runtime  # noqa: F401 - what tunes the imports comes before them
