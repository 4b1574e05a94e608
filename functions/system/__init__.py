"""Health, the API's description, and the schedules that tidy up."""

import common.runtime  # noqa: F401 - the cold-start prelude comes before every other import
