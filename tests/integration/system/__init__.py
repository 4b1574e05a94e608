"""Tests of the system function."""
