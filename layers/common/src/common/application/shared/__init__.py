"""What use cases of every context share."""
