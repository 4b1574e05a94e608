"""Repositories over MongoDB: PyMongo's async API, no object mapper."""
