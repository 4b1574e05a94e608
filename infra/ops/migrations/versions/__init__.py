"""The steps, each applied once; a new one depends on the newest before it that it builds on."""
