"""What is held about one person, over all collections: export and erasure."""
