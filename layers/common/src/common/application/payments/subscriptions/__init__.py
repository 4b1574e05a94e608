"""Provider plans: subscribing, changing, following."""
