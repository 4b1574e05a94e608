"""What is decided from something read, against somebody who writes it meanwhile."""
