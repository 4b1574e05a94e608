"""What staff do: accounts, providers, the security log."""

import common.runtime  # noqa: F401 - the cold-start prelude comes before every other import
