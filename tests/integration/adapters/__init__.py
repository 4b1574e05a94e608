"""Tests of adapters on the real parts."""
