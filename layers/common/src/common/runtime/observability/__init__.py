"""Logs, metrics, traces, and what keeps secrets out of them."""
