"""Reports of what is broken in public places."""

import common.runtime  # noqa: F401 - what tunes the imports comes before them
