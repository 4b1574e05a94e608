"""Tests of what the benchmarks decide and count."""
