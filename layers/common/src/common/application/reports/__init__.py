"""Use cases of reports: writing, reading, supporting and commenting them, and what time and moderators do."""
