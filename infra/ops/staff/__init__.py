"""The first member of staff, whom nobody of staff could appoint."""
