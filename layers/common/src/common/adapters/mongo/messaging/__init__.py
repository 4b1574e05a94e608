"""Stores of conversations and of what people see happen while they look."""
