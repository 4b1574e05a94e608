"""Health, the API's description, and the schedules that tidy up."""

import common.runtime  # noqa: F401 - what tunes the imports comes before them
