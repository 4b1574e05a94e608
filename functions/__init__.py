"""Lambda functions, one folder for each group of routes."""
