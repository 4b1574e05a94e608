"""Conversations, and what people see happen while they look."""
