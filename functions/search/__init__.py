"""Search, suggestions, popular categories, and places."""
