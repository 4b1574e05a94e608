"""Tests of the runtime kit."""
