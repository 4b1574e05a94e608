"""Events and the endpoints they are sent to."""
