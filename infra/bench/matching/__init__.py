"""A simulated city that finds providers for jobs: with the product's own rules, and in the usual other ways."""
