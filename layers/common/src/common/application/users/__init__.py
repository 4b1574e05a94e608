"""The account itself: reading, changing, exporting and deleting it."""
