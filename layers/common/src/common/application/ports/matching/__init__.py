"""Ports of job requests and offers."""
