"""What waits for moderators, in MongoDB."""
