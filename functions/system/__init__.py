"""Health, the API's description, and the schedules that tidy up."""
