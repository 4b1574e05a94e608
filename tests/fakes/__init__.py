"""In-memory stand-ins for the outside world, behind the same ports."""
