"""The one stable address of the local cloud: the deployed API, and pages for developers below ``/_dev``."""
