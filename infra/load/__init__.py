"""A bounded number of people who live the product's story at an address at once: ``python -m infra.load``."""
