"""The generated marketplace."""
