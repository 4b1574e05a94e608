"""Stores of job requests and offers."""
