"""The outside world behind the ports: database, payment provider, queues, mail, clock."""
