"""Identity and onboarding: who somebody is, and how they become a customer or a provider."""

import common.runtime  # noqa: F401 - what tunes the imports comes before them
