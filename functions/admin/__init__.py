"""What staff do: accounts, providers, the security log."""

import common.runtime  # noqa: F401 - what tunes the imports comes before them
