"""Tests in a real browser, on the deployed local cloud."""
