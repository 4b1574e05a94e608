"""The database itself, and the collections of no single context."""
