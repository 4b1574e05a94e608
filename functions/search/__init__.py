"""Search, suggestions, popular categories, and places."""

import common.runtime  # noqa: F401 - the cold-start prelude comes before every other import
