"""Deployment of the template, to the local cloud in seconds and to AWS."""
